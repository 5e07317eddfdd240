// The short form: fails when a ratio has become more than a quarter worse than the stored one, also when it is measured again.
import { conditionsBefore } from './conditions.mjs';
import * as crud from './crud.mjs';
import { pairedRatio } from './figures.mjs';
import { readResults, save } from './results.mjs';
import * as runs from './runs.mjs';

/** A ratio counts as lost when it is so much worse even in its best round. */
const loss = 0.25;
const tries = 3;
/** The load comes from our own generator, so that the ratios are the same where wrk is not installed. */
const brief = { rounds: 2, seconds: 1, warmUp: 1, own: true };

/** Ratios of CPU time: they vary least on a machine that does other work too. Less is better. */
const groups = [
  {
    measure: (settings) => runs.run({ ...brief, settings, only: ['process', 'pidns'], keys: ['busy'] }),
    ratios: ['process', 'pidns'].flatMap((row) => [
      {
        what: `${row}: CPU of server and launcher to that of a bare loop`,
        in: 'busy',
        rows: [row, 'raw'],
        figures: ['ownCpuUsPerRequest', 'treeCpuUsPerRequest'],
      },
      {
        what: `${row}: CPU of all processes to that of a bare loop`,
        in: 'busy',
        rows: [row, 'raw'],
        figures: ['treeCpuUsPerRequest', 'treeCpuUsPerRequest'],
      },
    ]),
  },
  {
    measure: (settings) => crud.run({ ...brief, settings, keys: ['detail', 'create'] }),
    ratios: ['detail', 'create'].map((key) => ({
      what: `${key}: CPU to that of a bare route`,
      in: key,
      rows: ['ours', 'peer'],
      figures: ['cpuUsPerRequest', 'cpuUsPerRequest'],
    })),
  },
];

/** `keep`: stores the ratios instead of comparing them. */
export async function short({ settings }, keep) {
  const conditions = conditionsBefore();
  const measured = {};
  for (const group of groups)
    Object.assign(measured, await measureUntilGood(group, settings, keep ? {} : (readResults().short?.ratios ?? {})));
  if (keep) return save('short', { conditions, ratios: measured });
  const lost = Object.values(measured).filter(({ isLost }) => isLost);
  if (lost.length > 0) throw new Error(`${lost.length} ratios have become more than ${loss * 100} % worse, ${tries} times`);
}

async function measureUntilGood({ measure, ratios }, settings, stored) {
  let measured;
  for (let attempt = 0; attempt < tries; attempt++) {
    const { results } = await measure(settings);
    measured = Object.fromEntries(ratios.map((ratio) => [ratio.what, judged(ratioIn(results, ratio), stored[ratio.what])]));
    for (const [what, { median, isLost, was }] of Object.entries(measured))
      console.log(`${what}: ${median.toFixed(2)} ×${was ? `, stored ${was.toFixed(2)} ×` : ''}${isLost ? ': WORSE' : ''}`);
    if (!Object.values(measured).some(({ isLost }) => isLost)) break;
  }
  return measured;
}

function ratioIn(results, { in: key, rows: [row, to], figures: [figure, toFigure] }) {
  const { sides } = results.find((result) => result.key === key);
  return pairedRatio(sides[row][figure], sides[to][toFigure]);
}

/** `stored` is missing for a ratio that is new. */
export function judged(ratio, stored) {
  return stored ? { ...ratio, was: stored.median, isLost: ratio.min > stored.median / (1 - loss) } : ratio;
}
