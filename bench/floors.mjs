// Checks the ratios of a bench against their floors: one figure of two rows of a case, and its bound.

/**
 * A floor is `{ in, row, to, figure, atLeast }`, or `atMost` for a figure that must be small; `in` is a case. Returns each floor with its `ratio`, null when one of its rows is missing,
 * and its `verdict`; `refused` says why there is no verdict.
 */
export function judgeFloors(floors, results, { refused }) {
  return floors.map((floor) => {
    const sides = results.find(({ key }) => key === floor.in)?.sides ?? {};
    const missing = [floor.row, floor.to].filter((row) => !sides[row]);
    if (missing.length > 0) return { ...floor, ratio: null, verdict: `not measured: ${missing.join(' and ')} missing` };
    const [one, other] = [floor.row, floor.to].map((row) => sides[row][floor.figure].median);
    const ratio = one / other;
    return { ...floor, ratio, verdict: refused.length > 0 ? 'no verdict' : holds(floor, ratio) ? 'holds' : 'DOES NOT HOLD' };
  });
}

function holds({ atLeast = 0, atMost = Number.POSITIVE_INFINITY }, ratio) {
  return ratio >= atLeast && ratio <= atMost;
}
