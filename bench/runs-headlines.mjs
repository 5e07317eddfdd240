// The headlines of the bench `runs`, for two cores. A floor is what three runs out of three have held, also on a machine that is not quite quiet.

const headline = (what, [key, row, to], figure, bound) => ({ what, in: key, row, to, figure, ...bound });
const speed = (what, at, atLeast, aim) => headline(`${what}: runs/s to ${at[2]}`, at, 'perSecond', { atLeast, aim });
const late = (what, at, atMost, aim) => headline(`${what}: p99 to ${at[2]}`, at, 'p99Ms', { atMost, aim });
const cpu = (what, at, atMost, aim) =>
  headline(`${what}: CPU of server and launcher to ${at[2]}`, at, 'ownCpuUsPerRequest', { atMost, aim });

const ofLevel = (level) => [
  speed(level, ['busy', level, 'webhook'], 0.5, 1),
  late(level, ['busy', level, 'webhook'], 2, 1.2),
  cpu(level, ['busy', level, 'webhook'], 4, 1.05),
  late(`${level}, one connection`, ['alone', level, 'webhook'], 3.5, 1.2),
  speed(`${level}, next to four busy loops`, ['beside', level, 'webhook'], 0.3, 0.85),
  late(`${level}, next to four busy loops`, ['beside', level, 'webhook'], 2.6, 1.5),
];

export const headlines = [
  ...ofLevel('process'),
  ...ofLevel('pidns'),
  speed('pidns', ['busy', 'pidns', 'webhook+bwrap'], 2.6, 4),
  speed('process', ['busy', 'process', 'lighttpd']),
  speed('process', ['busy', 'process', 'websocketd']),
  speed('process', ['busy', 'process', 'raw']),
  speed('process', ['busy', 'process', 'child_process']),
  speed('process with 1 GiB held', ['busy', 'held', 'process'], 0.9),
];
