// Runs at level pidns with their own user and folder, by a launcher under sanitizers: for tests of inits that serve several.
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { newRunId } from '../../src/runs/run-ids.js';
import type { LaunchSpec } from '../../src/worker/launcher.js';
import { processesWith } from '../support/processes.js';
import { sanitizedLauncher, shell, until } from './sanitized.js';

export const user = { uid: 691_200, gid: 691_200, own: true };

/** To be called once in a test file. */
export function enclosedRuns() {
  const { root, server, pid } = sanitizedLauncher();
  const folders: string[] = [];
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true });
  });

  /** A folder as runs have them: the server's, with the user's own inside. */
  function workFolder(at = mkdtempSync(join(tmpdir(), 'procreg-rest-'))): string {
    if (!folders.includes(at)) folders.push(at);
    chmodSync(at, 0o711);
    mkdirSync(join(at, 'work'), { mode: 0o700 });
    chownSync(join(at, 'work'), user.uid, user.gid);
    return at;
  }

  /** Runs by one launcher, in `folder` unless told otherwise. */
  function place() {
    const runsRoot = root();
    const folder = workFolder();
    const launcher = server(runsRoot);
    const start = (script: string, more: Partial<LaunchSpec> = {}) =>
      launcher.launch(shell(script, { level: 'pidns', user, cwd: join(folder, 'work'), kept: folder, masked: [runsRoot], ...more }));
    /** To its end, with what it said and which init it had. */
    const run = async (script: string, more: Partial<LaunchSpec> = {}) => {
      const { runId = newRunId() } = more;
      const started = await start(script, { ...more, runId });
      const end = await started.ended;
      // the log of a program that took longer than a second is in a file
      const log = end.log ?? readFileSync(join(runsRoot, runId, 'log'));
      started.release();
      return { init: started.pid, text: log.subarray(16).toString(), ...end };
    };
    const resting = () => processesWith(`procreg-init\0rests\0${runsRoot}\0`);
    /** What is released is forgotten with what is said next, or a moment later. */
    const rests = () => until(() => resting().length > 0);
    /** Once an init rests: an end is told before what the run has left is cleaned up. */
    const runNext = async (...given: Parameters<typeof run>) => {
      await rests();
      return run(...given);
    };
    return { runsRoot, folder, launcher, start, run, runNext, resting, rests };
  }

  return { pid, server, workFolder, place };
}
