// The bench `backlog`: what 100,000 queued runs cost a server that starts: time to its first answer, and memory.
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { conditionsBefore, verdictOf } from './conditions.mjs';
import { Control } from './control.mjs';
import { memoryMb } from './cpu-time.mjs';
import { summarize } from './figures.mjs';
import { judge } from './headlines.mjs';
import { ourServer } from './ours.mjs';
import { ask, begin, define } from './same-answers.mjs';
import { makeScratch } from './scratch.mjs';
import { ourCommand } from './servers.mjs';

const count = 100_000;
const settleMs = 3000;

export const what = `a start of the server with ${count.toLocaleString('en')} queued runs, against one without`;

export async function run({ settings: given }) {
  const before = conditionsBefore();
  const settings = { LOG_LEVEL: 'warn', LANES: 'io=1', ...given };
  const scratch = makeScratch();
  const control = new Control();
  try {
    const ours = ourServer({ name: 'backlog', settings }, scratch);
    await queueTwo(ours);
    control.time();
    const without = await startOnce(ours);
    multiplyQueued(ours.databaseFile);
    control.time();
    const loaded = await startOnce(ours);
    control.time();
    const verdict = verdictOf(before, control.summary());
    const more = (figure) => summarize([loaded[figure] - without[figure]]);
    const figures = [
      {
        what: `${count.toLocaleString('en')} queued runs: time that the start takes longer`,
        value: more('firstMs'),
        unit: 'ms',
        atMost: 1500,
        aim: 1000,
      },
      {
        what: `${count.toLocaleString('en')} queued runs: memory beyond that without`,
        value: more('memory'),
        unit: 'MB',
        atMost: 150,
      },
    ];
    const conditions = { settings, command: ourCommand().join(' '), ...before };
    return { bench: 'backlog', what, conditions, results: [], control: control.summary(), verdict, headlines: judge(figures, [], verdict) };
  } finally {
    await scratch.clear();
  }
}

/** One run that does not end during the bench, and one that waits for it. */
async function queueTwo(ours) {
  const server = await ours.start();
  const path = await define(server, { name: 'sleeper', exec: '/bin/sleep', argv: ['600'], input_adapter: { input_type: 'none' } });
  for (let run = 0; run < 2; run++) await begin(server, path);
  await sleep(1000);
  await server.stop();
}

/** Copies the queued run, under ids that come later. */
function multiplyQueued(file) {
  const database = new Database(file);
  const queued = database.prepare("SELECT * FROM run WHERE state = 'queued'").get();
  if (!queued) throw new Error('no run is queued');
  const columns = Object.keys(queued);
  const insert = database.prepare(`INSERT INTO run (${columns.join(', ')}) VALUES (${columns.map((name) => `@${name}`).join(', ')})`);
  database.transaction(() => {
    for (let number = 1; number <= count; number++) {
      const id = queued.id.slice(0, -12) + number.toString(16).padStart(12, '0');
      insert.run({ ...queued, id, run_order: queued.run_order?.replaceAll(queued.id, id) });
    }
  })();
  database.close();
}

async function startOnce(ours) {
  const beganMs = performance.now();
  const server = await ours.start();
  const { status } = await ask(server, { method: 'GET', path: '/api/run/?limit=1' });
  const firstMs = performance.now() - beganMs;
  if (status !== 200) throw new Error(`the first answer was ${status}`);
  await sleep(settleMs);
  const memory = memoryMb(server);
  await server.stop();
  return { firstMs, memory };
}
