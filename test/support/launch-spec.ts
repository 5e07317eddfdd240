// The order to launch that tests of launchers begin with: a shell without arguments, at level process.
import type { LaunchSpec } from '../../src/worker/launcher.js';

let runs = 0;

/** With a new run id. */
export function launchSpec(more: Partial<LaunchSpec> = {}): LaunchSpec {
  return {
    runId: `run-${process.pid}-${++runs}`,
    note: '',
    level: 'process',
    exec: '/bin/sh',
    argv: [],
    cwd: '/',
    environment: { PATH: '/usr/bin:/bin' },
    user: null,
    stdin: 'empty',
    terminal: null,
    pipes: [],
    holdPipes: false,
    masked: [],
    kept: '',
    cgroups: [],
    limits: {},
    timeoutMs: 0,
    stopSignal: 'SIGTERM',
    graceMs: 300,
    outputLimitBytes: 2 ** 30,
    ...more,
  };
}
