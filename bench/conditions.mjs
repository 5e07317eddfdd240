// Whether the machine was quiet enough for figures to mean anything.
import { availableParallelism, cpus, loadavg } from 'node:os';

const loadBound = 1;
const spreadBound = 0.15;

/** The load average; read before a bench does any work. */
export function conditionsBefore() {
  return { node: process.version, cores: availableParallelism(), cpu: cpus()[0]?.model ?? 'unknown', loadBefore: loadavg()[0] };
}

/** The verdict; `refused` says why there is none, and is empty when the figures are reliable. */
export function verdictOf({ loadBefore }, { spread }) {
  const refused = [];
  if (loadBefore > loadBound) refused.push(`the load before the start was ${loadBefore.toFixed(2)}, over ${loadBound}`);
  if (spread > spreadBound) refused.push(`the control varied by ${Math.round(spread * 100)} %, over ${spreadBound * 100} %`);
  return { refused };
}
