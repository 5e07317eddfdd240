// Which ended jobs a purge forgets: those that ended too long ago, then the oldest until the logs of the rest fit.
import type { PurgeLimits } from './contract.js';
import type { Job } from './job.js';
import { logSizeBytes } from './log-file.js';

/** The expired jobs, oldest end first; a running job never expires. */
export async function expiredJobs(jobs: Iterable<Job>, limits: PurgeLimits): Promise<Job[]> {
  const { maxAgeMs = Number.POSITIVE_INFINITY, maxBytes = Number.POSITIVE_INFINITY } = limits;
  const nowMs = performance.now();
  const newestFirst = [...jobs].filter(({ over }) => over).sort((one, other) => endOf(other) - endOf(one));
  let keptBytes = 0;
  let kept = 0;
  for (const job of newestFirst) {
    if (nowMs - endOf(job) >= maxAgeMs) break;
    if (maxBytes !== Number.POSITIVE_INFINITY) keptBytes += await logSizeBytes(job.order.log);
    if (keptBytes > maxBytes) break;
    kept++;
  }
  return newestFirst.slice(kept).reverse();
}

function endOf({ endedAtMs }: Job): number {
  return endedAtMs ?? Number.POSITIVE_INFINITY;
}
