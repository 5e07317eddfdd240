// The launcher in the foreground: for a separate service that a service supervisor starts.
import { spawn } from 'node:child_process';
import { type LauncherPlace, launcherSocket } from './launcher-connection.js';

/** Resolves with the launcher's exit code. TERM and INT are passed on: the launcher ends its runs and records how they ended. */
export function runLauncher({ binary, runsRoot }: LauncherPlace): Promise<number> {
  const child = spawn(binary, [launcherSocket(runsRoot), runsRoot], { stdio: 'inherit', env: {}, cwd: '/', argv0: 'procreg-launcher' });
  const handOn = (signal: NodeJS.Signals) => child.kill(signal);
  process.on('SIGTERM', handOn).on('SIGINT', handOn);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
