// The launcher that needs no compiler: it uses Node's child_process, with a new session, the run user, a clean environment and clean descriptors.
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { constants, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { ChildRun, noTerminal } from './child-run.js';
import { LaunchError, type LaunchedProcess, type Launcher, type LaunchSpec } from './launcher.js';
import { NamedPipes } from './named-pipes.js';
import { limitedCommand } from './resource-limits.js';
import { startFailure } from './start-failure.js';

export class ChildProcessLauncher implements Launcher {
  readonly name = 'child_process';
  readonly instance = `child_process ${process.pid}-${Date.now()}`;
  private readonly running = new Set<ChildRun>();
  private readonly endAll = () => {
    for (const run of this.running) run.kill();
  };
  readonly fault = null;
  onFault = () => {};

  /** `runsRoot`: the folder of the control directories. No program outlives this process, unless this process is killed. */
  constructor(private readonly runsRoot: string) {
    process.once('exit', this.endAll);
  }

  async launch(spec: LaunchSpec): Promise<LaunchedProcess> {
    if (spec.terminal) throw noTerminal();
    const input = typeof spec.stdin === 'object' && 'file' in spec.stdin ? await open(spec.stdin.file, constants.O_RDONLY) : null;
    let pipes: NamedPipes | undefined;
    try {
      pipes = await NamedPipes.make(spec);
      if (input && spec.user) await lend(input, spec.user.gid);
      const child = spawnChild(spec, input);
      await started(child, spec.cwd);
      takeBlame(child);
      if (typeof spec.stdin === 'object' && 'bytes' in spec.stdin) child.stdin?.end(spec.stdin.bytes);
      const run = new ChildRun(child, spec, `${this.runsRoot}/${spec.runId}/log`);
      this.running.add(run);
      void run.ended.then(() => {
        this.running.delete(run);
        pipes?.close();
      });
      return run;
    } catch (error) {
      await pipes?.remove();
      throw error;
    } finally {
      await input?.close();
    }
  }

  /** Always null: a program that outlives the server cannot be found again. */
  async find(): Promise<null> {
    return null;
  }

  mayHaveBegun(): boolean {
    return true;
  }

  close(): void {
    process.off('exit', this.endAll);
    this.endAll();
  }
}

/** Lets the run user reopen its message as /dev/stdin, to read only. */
async function lend(input: FileHandle, gid: number): Promise<void> {
  await input.chown((await input.stat()).uid, gid);
  await input.chmod(0o440);
}

function spawnChild(spec: LaunchSpec, input: FileHandle | null): ChildProcess {
  const command = limitedCommand(spec);
  const options: SpawnOptions = {
    cwd: spec.cwd,
    env: Object.assign(Object.create(null), spec.environment),
    detached: true,
    stdio: [input?.fd ?? (spec.stdin === 'empty' ? 'ignore' : 'pipe'), 'pipe', 'pipe'],
    ...(spec.user ?? {}),
  };
  try {
    return spawn(command[0], command.slice(1), options);
  } catch (error) {
    throw launchError(error, spec.cwd);
  }
}

function started(child: ChildProcess, cwd: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(launchError(error, cwd)));
    child.once('spawn', () => {
      child.on('error', () => {});
      resolve();
    });
  });
}

/** When memory runs out, the kernel ends the program rather than this process, as with the native launcher. */
function takeBlame({ pid }: ChildProcess): void {
  try {
    const own = Number(readFileSync('/proc/self/oom_score_adj', 'latin1'));
    writeFileSync(`/proc/${pid}/oom_score_adj`, String(Math.min(own + 300, 1000)));
  } catch {
    // the program has ended, or this system has no such file
  }
}

/** Errors of fork when the machine is short of something. Low limits of the program itself show later, since prlimit sets them. */
const ofFork = ['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE'];

/** Node reports the same error for a missing directory as for a missing program. */
function launchError(error: unknown, cwd: string): LaunchError {
  const { code = 'UNKNOWN', message } = error as NodeJS.ErrnoException;
  const stage = ofFork.includes(code) ? 'fork' : existsSync(cwd) ? 'exec' : 'cwd';
  return new LaunchError(code, code === 'UNKNOWN' ? message : startFailure(code, stage), stage);
}
