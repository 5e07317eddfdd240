// The bench `runs`: synchronous runs of one small program over HTTP, by our server and by other servers that run a program for a request.
import { compare, summaryOf } from './compare.mjs';
import { conditionsBefore, verdictOf } from './conditions.mjs';
import { treeCpu } from './cpu-time.mjs';
import { judgeFloors } from './floors.mjs';
import { chooseLoad } from './load.mjs';
import { compile } from './programs.mjs';
import { floorConnections, floors } from './runs-floors.mjs';
import { startOurs } from './runs-ours.mjs';
import { startLighttpd, startWebhook, startWebhookWithBwrap } from './runs-peers.mjs';
import { checkSameAnswers } from './same-answers.mjs';
import { makeScratch } from './scratch.mjs';
import { ourCommand } from './servers.mjs';
import { VforkControl } from './vfork-control.mjs';

export const what = 'synchronous runs of a small C program over HTTP, against webhook, lighttpd and a bare vfork loop';

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
};
const aloneRows = ['process', 'webhook', 'lighttpd'];

export const rowNames = Object.keys(rows);

export async function run({ rounds, seconds, connections, settings: given, only = rowNames }) {
  const before = conditionsBefore();
  const settings = { LOG_LEVEL: 'warn', ...given };
  const scratch = makeScratch();
  try {
    const program = compile('hello', scratch);
    const { sides, missing } = await startRows({ scratch, settings, program, header }, only);
    await checkAnswers(sides);
    const control = new VforkControl({ scratch, program, inFlight: connections, seconds });
    const how = { scratch, control, rounds, seconds };
    const busy = await runCase({ key: 'busy', sides, connections }, how);
    busy.sides = { raw: summaryOf(control.rounds), ...busy.sides };
    const alone = await runCase({ key: 'alone', sides: sides.filter(({ name }) => aloneRows.includes(name)), connections: 1 }, how);
    const results = [busy, alone];
    const verdict = verdictOf(before, control.summary());
    if (connections !== floorConnections) verdict.refused.push(`the floors are for ${floorConnections} connections`);
    return {
      bench: 'runs',
      what,
      conditions: {
        durability: `${settings.DURABILITY ?? 'process'} on ours, while the peers record nothing`,
        settings,
        command: ourCommand().join(' '),
        load: chooseLoad({ scratch, connections }).name,
        connections: `${connections}, then 1`,
        rounds,
        seconds,
        ...before,
      },
      servers: sides.map(({ name, uses }) => ({ name, uses })),
      missing,
      results,
      control: control.summary(),
      verdict,
      floors: judgeFloors(floors, results, verdict),
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

async function runCase({ key, sides, connections }, { scratch, control, rounds, seconds }) {
  const name = connections === 1 ? '1 connection' : `${connections} connections`;
  console.error(`${name} …`);
  const load = chooseLoad({ scratch, connections });
  const planOf = ({ name: side, request: { method, path } }) => load.plan({ name: `plan ${side}`, method, paths: [path] });
  return { key, name, sides: await compare({ sides, planOf, load, control, rounds, seconds, cpuOf: treeCpu }) };
}
