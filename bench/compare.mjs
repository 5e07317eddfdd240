// Compares servers: a warm-up for each, then rounds in alternation, with the control timed between the rounds.
import { setTimeout as sleep } from 'node:timers/promises';
import { serverCpu } from './cpu-time.mjs';
import { summaryOf } from './figures.mjs';

/** Node compiles what is used often for about ten seconds: a server under load is past this time. */
export const warmUpSeconds = 8;
/** The pause before the control, so that what a server still does after its last request (garbage, log) is not measured. */
const settleMs = 100;

/** The figures of each side, by name. `planOf` returns what is sent to a side; `cpuOf` returns the CPU time that is counted. */
export async function compare({ sides, planOf, load, control, rounds, seconds, warmUp = warmUpSeconds, cpuOf = serverCpu }) {
  for (const side of sides) await load.send(side, planOf(side), warmUp);
  const measured = sides.map(() => []);
  for (let round = 0; round < rounds; round++) {
    await sleep(settleMs);
    await control.time();
    for (const [index, side] of sides.entries()) {
      measured[index].push(await measure({ side, cpuOf, send: () => load.send(side, planOf(side), seconds) }));
    }
  }
  await sleep(settleMs);
  await control.time();
  return Object.fromEntries(sides.map(({ name }, index) => [name, summaryOf(measured[index])]));
}

async function measure({ side, cpuOf, send }) {
  const before = cpuOf(side);
  const { requests, ...figures } = await send();
  const cpu = Object.entries(cpuOf(side)).map(([key, us]) => [key, (us - before[key]) / requests]);
  return { ...figures, ...Object.fromEntries(cpu) };
}
