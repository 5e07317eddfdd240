// The statistics that benches report: median, smallest and largest, percentiles, ratios of what was measured in the same round.

export function percentile(values, part) {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
}

export function median(values) {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** `values` are kept for ratios; they are not stored. */
export function summarize(values) {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values), values };
}

/** The summary of each figure over the rounds. */
export function summaryOf(rounds) {
  return Object.fromEntries(Object.keys(rounds[0]).map((key) => [key, summarize(rounds.map((round) => round[key]))]));
}

/** One divided by the other, round by round: what disturbs a round disturbs both. */
export function pairedRatio(one, other) {
  return summarize(one.values.map((value, round) => value / other.values[round]));
}

/** The spread of values (largest minus smallest), as a fraction of their median. */
export function spreadOf({ median, min, max }) {
  return (max - min) / median;
}
