// The headlines of a bench: one ratio or figure each, with its floor and a verdict.
import { pairedRatio } from './figures.mjs';

/**
 * A headline is a ratio, `{ what, in, row, to, figure }` with the case `in` and two of its rows, or a figure of its own, `{ what, value, unit }`. It has a
 * floor, `atLeast` or `atMost`, and may have an `aim`. `refused` says why there is no verdict.
 */
export function judge(headlines, results, { refused }) {
  return headlines.map(({ in: key, row, to, figure, value, unit = '×', ...headline }) => {
    const sides = results.find((result) => result.key === key)?.sides ?? {};
    const missing = value === undefined ? [row, to].filter((name) => !sides[name]) : [];
    if (missing.length > 0) return { ...headline, unit, verdict: `not measured: ${missing.join(' and ')} missing` };
    const { median, min, max } = value ?? pairedRatio(sides[row][figure], sides[to][figure]);
    return { ...headline, unit, median, min, max, verdict: verdictOf(headline, median, refused) };
  });
}

function verdictOf({ atLeast, atMost }, median, refused) {
  if (atLeast === undefined && atMost === undefined) return 'no floor';
  if (refused.length > 0) return 'no verdict';
  return median >= (atLeast ?? Number.NEGATIVE_INFINITY) && median <= (atMost ?? Number.POSITIVE_INFINITY) ? 'holds' : 'DOES NOT HOLD';
}
