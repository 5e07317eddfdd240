// The doors that DOORS opens and closes; the others are always open.

export const doorNames = ['process', 'run-code', 'jobs'] as const;
export type DoorName = (typeof doorNames)[number];
