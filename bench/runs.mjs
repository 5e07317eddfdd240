// The bench `runs`: synchronous runs of one small program over HTTP, by our server and by other servers that run a program for a request.
import { beside } from './busy-loops.mjs';
import { compare, warmUpSeconds } from './compare.mjs';
import { conditionsBefore, verdictOf } from './conditions.mjs';
import { treeCpu } from './cpu-time.mjs';
import { summaryOf } from './figures.mjs';
import { judge } from './headlines.mjs';
import { chooseLoad } from './load.mjs';
import { compile } from './programs.mjs';
import { headlines } from './runs-headlines.mjs';
import { startOurs } from './runs-ours.mjs';
import { startLighttpd, startWebhook, startWebhookWithBwrap, startWebsocketd } from './runs-peers.mjs';
import { checkSameAnswers } from './same-answers.mjs';
import { makeScratch } from './scratch.mjs';
import { ourCommand } from './servers.mjs';
import { VforkControl } from './vfork-control.mjs';

export const what =
  'synchronous runs of a small C program over HTTP, against webhook, lighttpd, websocketd, bubblewrap and a bare vfork loop';

const header = 'Content-Type: text/plain\n\n';
const expected = `200\n\n${header}hello\n`;

/** How each row is started; `raw`, the bare loop, is always measured. */
const rows = {
  process: (bench, name) => startOurs(bench, { name, wanted: { ISOLATION: 'process' } }),
  pidns: (bench, name) => startOurs(bench, { name, wanted: { ISOLATION: 'pidns' } }),
  held: (bench, name) => startOurs(bench, { name, wanted: { ISOLATION: 'process' }, holdsMemory: true }),
  child_process: (bench, name) => startOurs(bench, { name, wanted: { ISOLATION: 'process', LAUNCHER: 'child_process' } }),
  webhook: (bench, name) => startWebhook(bench, { name }),
  'webhook+bwrap': (bench, name) => startWebhookWithBwrap(bench, { name }),
  lighttpd: (bench, name) => startLighttpd(bench, { name }),
  websocketd: (bench, name) => startWebsocketd(bench, { name }),
};
const main = ['process', 'pidns', 'webhook', 'lighttpd', 'websocketd'];
/** In the first case all servers are warmed up. */
const cases = [
  { key: 'busy', name: '16 connections', connections: 16, warmUp: warmUpSeconds },
  { key: 'alone', name: '1 connection', connections: 1, rows: main },
  { key: 'many', name: '64 connections', connections: 64, rows: main },
  { key: 'beside', name: '16 connections, next to four busy loops', connections: 16, rows: ['process', 'pidns', 'webhook'], loops: 4 },
];

export const rowNames = Object.keys(rows);

/** `keys`: only these cases; `warmUp`: its seconds; `own`: load from our own generator. */
export async function run({ rounds, seconds, settings: given, only = rowNames, keys, warmUp, own }) {
  const before = conditionsBefore();
  const settings = { LOG_LEVEL: 'warn', ...given };
  const scratch = makeScratch();
  try {
    const program = compile('hello', scratch);
    const { sides, missing } = await startRows({ scratch, settings, program, header }, only);
    await checkAnswers(sides);
    const control = new VforkControl({ scratch, program, inFlight: 16, seconds });
    const how = { scratch, rounds, seconds, sides, control, warmUp, own };
    const results = [];
    for (const one of cases.filter(({ key }) => keys?.includes(key) ?? true)) results.push(await runCase(one, how));
    const verdict = verdictOf(before, control.summary());
    return {
      bench: 'runs',
      what,
      conditions: {
        durability: `${settings.DURABILITY ?? 'process'} on ours, while the peers record nothing`,
        settings,
        command: ourCommand().join(' '),
        load: chooseLoad({ scratch, connections: 1, own }).name,
        rounds,
        seconds,
        ...before,
      },
      servers: sides.map(({ name, uses }) => ({ name, uses })),
      missing,
      results,
      curves: curvesOf(results),
      control: control.summary(),
      verdict,
      headlines: judge(headlines, results, verdict),
    };
  } finally {
    await scratch.clear();
  }
}

/** A row that is not available is named with the reason and left out. */
async function startRows(bench, only) {
  const sides = [];
  const missing = [];
  for (const name of rowNames.filter((row) => only.includes(row))) {
    console.error(`starting ${name} …`);
    try {
      sides.push(await rows[name](bench, name));
    } catch (error) {
      console.error(`${name} is not available: ${error.message}`);
      missing.push({ name, why: error.message });
    }
  }
  return { sides, missing };
}

async function checkAnswers(sides) {
  if (sides.length === 0) throw new Error('no row is available');
  const answer = await checkSameAnswers(sides, ({ request }) => request);
  if (answer !== expected) throw new Error(`the answer is not what the program writes: ${answer.slice(0, 600)}`);
}

async function runCase({ key, name, connections, warmUp = 1, rows: wanted = rowNames, loops = 0 }, how) {
  console.error(`${name} …`);
  const { scratch, rounds, seconds, control: shared } = how;
  const sides = how.sides.filter((side) => wanted.includes(side.name));
  // what a bare loop does beside other work says nothing about whether the machine was quiet
  const control = loops > 0 ? new VforkControl({ ...shared.how, seconds }) : shared;
  const already = control.rounds.length;
  const load = chooseLoad({ scratch, connections, own: how.own });
  const planOf = ({ name: side, request: { method, path } }) => load.plan({ name: `plan ${side}`, method, paths: [path] });
  const measured = await beside(loops, scratch, () =>
    compare({ sides, planOf, load, control, rounds, seconds, warmUp: how.warmUp ?? warmUp, cpuOf: treeCpu }),
  );
  return { key, name, sides: { raw: summaryOf(control.rounds.slice(already, already + rounds)), ...measured } };
}

/** How the figures change with the number of connections. */
function curvesOf(results) {
  const ordered = cases.filter(({ loops }) => !loops).toSorted((one, other) => one.connections - other.connections);
  const figureOf = (key, name, figure) => results.find((result) => result.key === key)?.sides[name]?.[figure].median;
  const lines = (figure) =>
    main.map((name) => ({ name, points: ordered.map(({ key, connections }) => [connections, figureOf(key, name, figure)]) }));
  const known = (all) => all.filter(({ points }) => points.every(([, value]) => value !== undefined));
  return [
    { id: 'runs-speed', title: 'Synchronous runs per second', x: 'connections', y: 'runs/s', lines: known(lines('perSecond')) },
    { id: 'runs-p99', title: '99th percentile of the latency', x: 'connections', y: 'ms', lines: known(lines('p99Ms')) },
  ];
}
