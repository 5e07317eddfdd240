// The launcher in the foreground: for a service of its own, which a supervisor of services starts.
import { spawn } from 'node:child_process';
import { type LauncherPlace, launcherSocket } from './launcher-connection.js';

/** Resolves with its exit code. TERM and INT are handed on: it ends its runs and writes down how. */
export function runLauncher({ binary, runsRoot }: LauncherPlace): Promise<number> {
  const child = spawn(binary, [launcherSocket(runsRoot), runsRoot], { stdio: 'inherit', env: {}, cwd: '/', argv0: 'procreg-launcher' });
  const handOn = (signal: NodeJS.Signals) => child.kill(signal);
  process.on('SIGTERM', handOn).on('SIGINT', handOn);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
