// The launcher that needs no compiler: Node's child_process, own session, run user, clean environment and descriptors.
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { readUntilDrained } from './drain.js';
import { LaunchError, type LaunchedProcess, type Launcher, type LaunchSpec, type ProcessEnd } from './launcher.js';
import { limitedCommand } from './resource-limits.js';
import { StopTimer } from './stop-timer.js';

export class ChildProcessLauncher implements Launcher {
  readonly name = 'child_process';
  readonly isolation = 'process';

  async launch(spec: LaunchSpec): Promise<LaunchedProcess> {
    const input = typeof spec.stdin === 'object' ? await open(spec.stdin.file, constants.O_RDONLY) : null;
    try {
      return await started(spawnChild(spec, input), spec);
    } finally {
      await input?.close();
    }
  }
}

function spawnChild(spec: LaunchSpec, input: FileHandle | null): ChildProcess {
  const command = limitedCommand(spec);
  const options: SpawnOptions = {
    cwd: spec.cwd,
    env: Object.assign(Object.create(null), spec.environment),
    detached: true,
    stdio: [input?.fd ?? (spec.stdin === 'pipe' ? 'pipe' : 'ignore'), 'pipe', 'pipe'],
    ...(spec.user ?? {}),
  };
  try {
    return spawn(command[0], command.slice(1), options);
  } catch (error) {
    throw launchError(error);
  }
}

function started(child: ChildProcess, spec: LaunchSpec): Promise<LaunchedProcess> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(launchError(error)));
    child.once('spawn', () => {
      child.on('error', () => {});
      resolve(launched(child, spec));
    });
  });
}

function launched(child: ChildProcess, spec: LaunchSpec): LaunchedProcess {
  const pid = child.pid as number;
  const timer = new StopTimer((signal) => killGroup(pid, signal), spec.graceMs);
  const stopping = new Promise<void>((resolve) => {
    timer.onStopping = resolve;
  });
  timer.startTimeout(spec.timeoutMs);
  const ended = new Promise<ProcessEnd>((resolve) => {
    child.once('exit', (exitCode, signal) => {
      timer.callOff();
      killGroup(pid, 'SIGKILL');
      resolve({ exitCode, signal, timedOut: timer.timedOut, usage: null });
    });
  });
  child.stdin?.on('error', () => {});
  return {
    pid,
    startedAtMs: Date.now(),
    stdin: child.stdin,
    stdout: readUntilDrained(child.stdout!, ended),
    stderr: readUntilDrained(child.stderr!, ended),
    ended,
    stopping,
    stop: (how) => timer.stop(how),
  };
}

/** The group's leader is the program itself: `detached` gave it a session of its own. */
function killGroup(pid: number, signal: string): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // the group is gone
  }
}

function launchError(error: unknown): LaunchError {
  const { code = 'UNKNOWN', message } = error as NodeJS.ErrnoException;
  return new LaunchError(code, message);
}
