// The bench `start`: how long the server takes to its first answer, and what it costs while nobody asks.
import { setTimeout as sleep } from 'node:timers/promises';
import { conditionsBefore, verdictOf } from './conditions.mjs';
import { Control } from './control.mjs';
import { coresOf, memoryMb, serverCpu } from './cpu-time.mjs';
import { summarize, summaryOf } from './figures.mjs';
import { judge } from './headlines.mjs';
import { ourServer } from './ours.mjs';
import { ask } from './same-answers.mjs';
import { makeScratch } from './scratch.mjs';
import { ourCommand } from './servers.mjs';

export const what = 'the time from the start of the process to the first 200, and memory and CPU of the idle server';

/** Three seconds after its start a server gives back the memory of the start; V8 collects what is left some ten seconds later, once. */
const settleMs = 20_000;
const idleMs = 10_000;

export async function run({ rounds, settings }) {
  const before = conditionsBefore();
  const scratch = makeScratch();
  const control = new Control();
  try {
    const ours = ourServer({ name: 'start', settings: { LOG_LEVEL: 'warn', ...settings } }, scratch);
    ours.migrate();
    const starts = [];
    for (let round = 0; round < rounds; round++) {
      control.time();
      starts.push(await startOnce(ours, scratch));
    }
    const server = await ours.start();
    await sleep(settleMs);
    const idle = await coresOf(server, () => sleep(idleMs));
    const verdict = verdictOf(before, control.summary());
    const times = summaryOf(starts);
    return {
      bench: 'start',
      what,
      conditions: { settings, command: ourCommand().join(' '), rounds, ...before },
      results: [{ key: 'start', name: 'start', sides: { ours: times } }],
      control: control.summary(),
      verdict,
      headlines: judge(
        [
          { what: 'first 200 after the start, beyond that of node alone', value: times.beyondNodeMs, unit: 'ms', atMost: 1200, aim: 450 },
          { what: 'memory of the idle server', value: summarize([memoryMb(server)]), unit: 'MB', atMost: 120, aim: 95 },
          { what: 'CPU of the idle server and its launcher', value: summarize([idle.own * 100]), unit: '% of a core', atMost: 0.1 },
        ],
        [],
        verdict,
      ),
    };
  } finally {
    await scratch.clear();
  }
}

async function startOnce(ours, scratch) {
  const beganMs = performance.now();
  await scratch.run([process.execPath, '-e', '0']);
  const nodeMs = performance.now() - beganMs;
  const startMs = performance.now();
  const server = await ours.start();
  const { status } = await ask(server, { method: 'GET', path: '/api/process_definition/?limit=1' });
  const firstMs = performance.now() - startMs;
  const startCpuMs = serverCpu(server).cpuUsPerRequest / 1000;
  if (status !== 200) throw new Error(`the first answer was ${status}`);
  await server.stop();
  return { nodeMs, firstMs, beyondNodeMs: firstMs - nodeMs, startCpuMs };
}
