// Whether the machine was quiet enough for figures to mean anything.
import { availableParallelism, cpus, loadavg } from 'node:os';

const loadBound = 1;
const spreadBound = 0.15;

/** Asked before a bench does anything itself. */
export function conditionsBefore() {
  return { node: process.version, cores: availableParallelism(), cpu: cpus()[0]?.model ?? 'unknown', loadBefore: loadavg()[0] };
}

/** `refused` says why there is none; it is empty when the figures may be judged. */
export function verdictOf({ loadBefore }, { spread }) {
  const refused = [];
  if (loadBefore > loadBound) refused.push(`the load before the start was ${loadBefore.toFixed(2)}, over ${loadBound}`);
  if (spread > spreadBound) refused.push(`the control moved by ${Math.round(spread * 100)} %, over ${spreadBound * 100} %`);
  return { refused };
}
