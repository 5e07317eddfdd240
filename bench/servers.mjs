// How a bench starts the servers that it compares: each a process of its own on loopback, all with the same two variables.
import { spawn, spawnSync } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const projectRoot = join(import.meta.dirname, '..');

/** What `npm start` becomes, from its own script, so that a bench measures what users run. */
export function ourCommand() {
  const [, words] = /^exec node (.+) "\$@"$/m.exec(readFileSync(join(projectRoot, 'scripts/start.sh'), 'utf8')) ?? [];
  if (!words?.endsWith(' serve')) throw new Error('scripts/start.sh does not end in: exec node … serve "$@"');
  return [process.execPath, ...words.split(' ')];
}

/** The environment alone can be worth a quarter of the speed. */
function surroundings(scratch) {
  return { cwd: projectRoot, env: { PATH: process.env.PATH, HOME: scratch.path } };
}

export function runOnce([program, ...words], scratch) {
  const { status, stderr, error } = spawnSync(program, words, { ...surroundings(scratch), encoding: 'utf8' });
  if (error || status !== 0) throw new Error(`${words.join(' ')} failed: ${error?.message ?? stderr.slice(-2000)}`);
}

/** `address` finds the URL in what the server prints. What it logs goes to a file, as a service's log does. */
export async function startServer({ name, command: [program, ...words], address }, scratch) {
  const log = join(scratch.path, `${name}.log`);
  const child = spawn(program, words, { ...surroundings(scratch), stdio: ['ignore', 'pipe', openSync(log, 'w')] });
  scratch.owns(child);
  const url = await new Promise((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (chunk) => {
      said = (said + chunk).slice(-10_000);
      const [, found] = address.exec(said) ?? [];
      if (found) resolve(new URL(found).origin);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}: ${said}${readFileSync(log, 'utf8').slice(-2000)}`)));
  });
  return { name, url, pid: child.pid };
}
