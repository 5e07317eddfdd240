// How two servers are compared: a warm-up each, then rounds in alternation, the control timed between them.
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuUsOf } from './cpu-time.mjs';
import { summarize } from './figures.mjs';

const warmUpSeconds = 1;
/** What a server still does after the last request (garbage, log) is none of the control's. */
const settleMs = 100;

/** The figures of each side, and what the first has of the second. */
export async function compare({ sides, plan, load, control, rounds, seconds }) {
  for (const side of sides) await load.send(side, plan, warmUpSeconds);
  const measured = sides.map(() => []);
  for (let round = 0; round < rounds; round++) {
    await sleep(settleMs);
    control.time();
    for (const [index, side] of sides.entries()) measured[index].push(await measure({ side, plan, load, seconds }));
  }
  await sleep(settleMs);
  control.time();
  const summaries = measured.map(summaryOf);
  return { sides: Object.fromEntries(sides.map(({ name }, index) => [name, summaries[index]])), ratio: ratioOf(summaries) };
}

async function measure({ side, plan, load, seconds }) {
  const before = cpuUsOf(side.pid);
  const { requests, ...figures } = await load.send(side, plan, seconds);
  return { ...figures, cpuUsPerRequest: (cpuUsOf(side.pid) - before) / requests };
}

function summaryOf(rounds) {
  return Object.fromEntries(Object.keys(rounds[0]).map((key) => [key, summarize(rounds.map((round) => round[key]))]));
}

/** Of medians. */
function ratioOf([one, other]) {
  return Object.fromEntries(Object.keys(one).map((key) => [key, one[key].median / other[key].median]));
}
