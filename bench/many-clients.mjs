// What the benches of many clients of one server have in common: rounds with each number of clients, and their report.
import { conditionsBefore, verdictOf } from './conditions.mjs';
import { Control } from './control.mjs';
import { summaryOf } from './figures.mjs';
import { judge } from './headlines.mjs';
import { ourServer } from './ours.mjs';
import { makeScratch } from './scratch.mjs';
import { ourCommand } from './servers.mjs';

/**
 * `prepare(server, scratch)` resolves to `measure(count)`, which resolves to the figures of this many clients; `headlinesOf(sides)` and
 * `curvesOf(sides)` get the summary of the figures by the number of clients.
 */
export async function runManyClients({ bench, what, counts, prepare, headlinesOf, curvesOf }, { rounds, seconds, settings }) {
  const before = conditionsBefore();
  const scratch = makeScratch();
  const control = new Control();
  try {
    const server = await ourServer({ name: bench, settings: { LOG_LEVEL: 'warn', ...settings } }, scratch).start();
    const measure = await prepare(server, scratch);
    const measured = counts.map(() => []);
    for (let round = 0; round < rounds; round++) {
      for (const [index, count] of counts.entries()) {
        control.time();
        console.error(`round ${round + 1}: ${count} …`);
        measured[index].push(await measure(count));
      }
    }
    const sides = Object.fromEntries(counts.map((count, index) => [count, summaryOf(measured[index])]));
    const verdict = verdictOf(before, control.summary());
    return {
      bench,
      what,
      conditions: { settings, command: ourCommand().join(' '), rounds, seconds, ...before },
      results: [{ key: bench, name: bench, sides }],
      ...(curvesOf && { curves: curvesOf(sides) }),
      control: control.summary(),
      verdict,
      headlines: judge(headlinesOf(sides), [], verdict),
    };
  } finally {
    await scratch.clear();
  }
}
