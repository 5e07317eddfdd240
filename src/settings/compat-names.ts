// The names of the interfaces of older systems that COMPAT turns on and off.

export const compatNames = ['process', 'run-code', 'jobs'] as const;
export type CompatName = (typeof compatNames)[number];
