// When the machine is short of what every program needs, a run waits and tries again; a limit of its own definition ends it.
import { setTimeout as sleep } from 'node:timers/promises';
import { retry } from '../model/retry.js';
import { longestPauseMs } from '../model/shortage.js';
import { checkDescriptors, descriptorLimit } from '../worker/descriptor-limit.js';
import { LaunchError } from '../worker/launcher.js';
import type { RunHandle } from './run-handle.js';

const backoff = { firstMs: 20, longestMs: longestPauseMs };
/** A look at the descriptors that went well is believed for so long. */
const believedMs = 20;
/** So many descriptors, or a quarter of all, are left to what goes on already: requests, logs, files. */
const reserve = 256;

const descriptors = 'has no descriptors left for another run (RLIMIT_NOFILE)';
const processes = 'can make no further process for a run (RLIMIT_NPROC, pids.max)';
const scarce: Record<string, string> = {
  EMFILE: `the server ${descriptors}`,
  ENFILE: `the machine ${descriptors.replace('RLIMIT_NOFILE', 'fs.file-max')}`,
  EAGAIN: `the machine ${processes}`,
  ENOMEM: 'the machine has no memory left for another run',
  ENOBUFS: 'the machine has no memory left for another run',
};
/** What is over only when other namespaces are gone. */
const scarceOfStage: Record<string, string> = { 'namespaces ENOSPC': 'the machine makes no further namespaces (user.max_*_namespaces)' };
/** From here on what the program itself is and may use is asked for. */
const ownStages = ['limits', 'user', 'cwd', 'exec'];

/** A sentence; null: nothing is scarce, the run itself is at fault. */
function shortageOf(error: unknown): string | null {
  if (!(error instanceof LaunchError)) return scarce[(error as NodeJS.ErrnoException).code ?? ''] ?? null;
  const { errno, stage } = error;
  if (ownStages.includes(stage)) return errno === 'ENFILE' ? scarce.ENFILE : null;
  return scarceOfStage[`${stage} ${errno}`] ?? scarce[errno] ?? null;
}

/** What `work` comes to once nothing is scarce. Throws what else it throws, and when a stop comes first. */
export function retryOnShortage<Value>({ stopper, settings }: RunHandle, work: () => Promise<Value>): Promise<Value> {
  return retry(work, {
    backoff,
    failed: (error) => {
      const reason = shortageOf(error);
      if (reason === null) throw error;
      settings.shortage.meet(reason);
      stopper.postpone();
    },
    // not all of them at once
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
