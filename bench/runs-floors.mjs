// The floors of the bench `runs`, for 16 connections on two cores.

const speed = (row, to, atLeast) => ({ in: 'busy', row, to, figure: 'perSecond', atLeast });

export const floors = [
  speed('process', 'webhook', 1.2),
  speed('process', 'lighttpd', 1.0),
  speed('process', 'raw', 0.85),
  speed('process', 'child_process', 5.5),
  { in: 'busy', row: 'process', to: 'webhook', figure: 'p99Ms', atMost: 0.95 },
  { in: 'alone', row: 'process', to: 'webhook', figure: 'p99Ms', atMost: 1.3 },
  speed('pidns', 'webhook', 0.8),
  speed('pidns', 'webhook+bwrap', 3),
  speed('held', 'process', 0.9),
];

export const floorConnections = 16;
