// The doors that COMPAT opens and closes; the others are always open.

export const compatNames = ['process', 'run-code', 'jobs'] as const;
export type CompatName = (typeof compatNames)[number];
