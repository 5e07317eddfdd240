// What the tests of starters share: which starters a launcher has, a start that can be held up, and the output of a run.
import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { readStream } from '../../src/model/read-frames.js';
import type { LaunchedProcess, LaunchSpec } from '../../src/worker/launcher.js';
import { childrenOf, readProc } from '../support/processes.js';
import { sanitizedLauncher, shell } from './sanitized.js';

export const parentOf = (child: number) => Number(/^PPid:\s+(\d+)/m.exec(readProc(child, 'status'))?.[1]);

/** Resolves when the log of the run has this text. */
export async function said(run: LaunchedProcess, text: string): Promise<void> {
  let seen = '';
  for await (const chunk of readStream(run.openLog(), { stream: 'stdout', follow: true })) {
    seen += chunk;
    if (seen.includes(text)) return;
  }
  throw new Error(`it did not say '${text}' but '${seen}'`);
}

/** To be called once in a test file. */
export function starting() {
  const launchers = sanitizedLauncher();
  const folder = mkdtempSync(join(tmpdir(), 'procreg-starters-'));
  const held: (() => void)[] = [];
  afterAll(() => {
    // a test that failed may not have come so far
    for (const letGo of held) letGo();
    rmSync(folder, { recursive: true });
  });
  const startersOf = (runsRoot: string) =>
    childrenOf(launchers.pid(runsRoot) as number)
      .map((child) => child.pid)
      .filter((child) => readProc(child, 'cmdline').startsWith('procreg-starter\0'));

  let fifos = 0;
  /** A start that waits between vfork and exec until it is let go. */
  function waitingStart(more: Partial<LaunchSpec> = {}) {
    const fifo = join(folder, `fifo-${++fifos}`);
    execFileSync('mkfifo', [fifo]);
    const letGo = () => closeSync(openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK) && openSync(fifo, constants.O_RDWR));
    held.push(letGo);
    return { spec: shell('echo begun; exec sleep 30', { cgroups: [fifo], ...more }), letGo };
  }

  return { ...launchers, folder, startersOf, waitingStart };
}
