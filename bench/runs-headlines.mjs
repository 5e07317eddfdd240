// The headlines of the bench `runs`, for two cores.

const headline = (what, [key, row, to], figure, bound) => ({ what, in: key, row, to, figure, ...bound });
const speed = (what, at, atLeast, aim) => headline(`${what}: runs/s to ${at[2]}`, at, 'perSecond', { atLeast, aim });
const late = (what, at, atMost) => headline(`${what}: p99 to ${at[2]}`, at, 'p99Ms', { atMost });
const cpu = (what, at, atMost) => headline(`${what}: CPU of server and launcher to ${at[2]}`, at, 'ownCpuUsPerRequest', { atMost });

const ofLevel = (level) => [
  speed(level, ['busy', level, 'webhook'], 1, 1.1),
  late(level, ['busy', level, 'webhook'], 1.2),
  cpu(level, ['busy', level, 'webhook'], 1.05),
  late(`${level}, one connection`, ['alone', level, 'webhook'], 1.2),
  speed(`${level}, next to four busy loops`, ['beside', level, 'webhook'], 0.85),
  late(`${level}, next to four busy loops`, ['beside', level, 'webhook'], 1.5),
];

export const headlines = [
  ...ofLevel('process'),
  ...ofLevel('pidns'),
  speed('pidns', ['busy', 'pidns', 'webhook+bwrap'], 4),
  speed('process', ['busy', 'process', 'lighttpd']),
  speed('process', ['busy', 'process', 'websocketd']),
  speed('process', ['busy', 'process', 'raw']),
  speed('process', ['busy', 'process', 'child_process']),
  speed('process with 1 GiB held', ['busy', 'held', 'process'], 0.9),
];
