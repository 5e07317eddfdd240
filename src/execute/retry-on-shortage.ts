// When the machine is short of a resource that every program needs, a run waits and tries again; a limit in its own definition ends the run.
import { setTimeout as sleep } from 'node:timers/promises';
import { retry } from '../model/retry.js';
import { longestPauseMs } from '../model/shortage.js';
import { checkDescriptors, descriptorLimit } from '../worker/descriptor-limit.js';
import { LaunchError } from '../worker/launcher.js';
import type { RunHandle } from './run-handle.js';

const backoff = { firstMs: 20, longestMs: longestPauseMs };
/** How long a successful check of the descriptors is reused. */
const believedMs = 20;
/** How many descriptors (a quarter of all, if that is less) are left to what already runs: requests, logs, files. */
const reserve = 256;

const descriptors = 'has no descriptors left for another run (RLIMIT_NOFILE)';
const processes = 'cannot create another process for a run (RLIMIT_NPROC, pids.max)';
const scarce: Record<string, string> = {
  EMFILE: `the server ${descriptors}`,
  ENFILE: `the machine ${descriptors.replace('RLIMIT_NOFILE', 'fs.file-max')}`,
  EAGAIN: `the machine ${processes}`,
  ENOMEM: 'the machine has no memory left for another run',
  ENOBUFS: 'the machine has no memory left for another run',
};
/** Shortages that end only when other namespaces are gone. */
const scarceOfStage: Record<string, string> = { 'namespaces ENOSPC': 'the machine cannot create more namespaces (user.max_*_namespaces)' };
/** Steps of a start that depend on the program itself: an error there is not a shortage of the machine. */
const ownStages = ['limits', 'user', 'cwd', 'exec'];

/** The shortage as a sentence; null: nothing is scarce, the run itself is at fault. */
function shortageOf(error: unknown): string | null {
  if (!(error instanceof LaunchError)) return scarce[(error as NodeJS.ErrnoException).code ?? ''] ?? null;
  const { errno, stage } = error;
  if (ownStages.includes(stage)) return errno === 'ENFILE' ? scarce.ENFILE : null;
  return scarceOfStage[`${stage} ${errno}`] ?? scarce[errno] ?? null;
}

/** The result of `work` once nothing is scarce. Throws every other error of `work`, and also when a stop comes first. */
export function retryOnShortage<Value>({ stopper, settings }: RunHandle, work: () => Promise<Value>): Promise<Value> {
  return retry(work, {
    backoff,
    failed: (error) => {
      const reason = shortageOf(error);
      if (reason === null) throw error;
      settings.shortage.meet(reason);
      stopper.postpone();
    },
    // a random part, so that not all runs try again at once
    pause: (timeMs) => stopper.orStop(sleep(timeMs * (0.5 + Math.random() / 2))),
  });
}

let wellUntilMs = 0;

/** Throws EMFILE when another run might take a descriptor that others need. */
export async function checkRoom(): Promise<void> {
  if (performance.now() < wellUntilMs) return;
  checkDescriptors(Math.min(reserve, descriptorLimit / 4));
  wellUntilMs = performance.now() + believedMs;
}
