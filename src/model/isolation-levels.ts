// How far a run is kept apart from the machine and from other runs: the levels, weakest first (docs/isolation.md).

export const isolationLevels = ['process', 'pidns', 'sandbox'] as const;
export type IsolationLevel = (typeof isolationLevels)[number];

export function isBelow(one: IsolationLevel, other: IsolationLevel): boolean {
  return isolationLevels.indexOf(one) < isolationLevels.indexOf(other);
}
