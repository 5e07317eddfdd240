// Starts the servers that a bench compares: each is a separate process on loopback, all with the same two variables.
import { spawn, spawnSync } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ended } from './scratch.mjs';

export const projectRoot = join(import.meta.dirname, '..');
const startBoundMs = 30_000;

/** The command of `npm start`, read from its script, so that a bench measures what users run. */
export function ourCommand() {
  const [, words] = /^exec "\$NODE" (.+) "\$@"$/m.exec(readFileSync(join(projectRoot, 'scripts/start.sh'), 'utf8')) ?? [];
  if (!words?.endsWith(' serve')) throw new Error('scripts/start.sh does not end in: exec "$NODE" … serve "$@"');
  return [process.execPath, ...words.split(' ')];
}

/** The same cwd and environment for all: the environment alone can change the speed by a quarter. */
export function cwdAndEnvironment(scratch) {
  return { cwd: projectRoot, env: { PATH: process.env.PATH, HOME: scratch.path } };
}

export function runOnce([program, ...words], scratch) {
  const { status, stderr, error } = spawnSync(program, words, { ...cwdAndEnvironment(scratch), encoding: 'utf8' });
  if (error || status !== 0) throw new Error(`${[program, ...words].join(' ')} failed: ${error?.message ?? stderr.slice(-2000)}`);
}

/**
 * `address` finds the URL in what the server prints; a server that prints no URL gets a `port` to listen on. The server's log goes to
 * a file, and it has a session of its own, as a service does. `environment` adds to the two variables.
 */
export async function startServer({ name, command: [program, ...words], address, port, environment }, scratch) {
  const log = join(scratch.path, `${name}.log`);
  const { cwd, env } = cwdAndEnvironment(scratch);
  const child = spawn(program, words, {
    cwd,
    env: { ...env, ...environment },
    stdio: ['ignore', 'pipe', openSync(log, 'w')],
    detached: true,
  });
  scratch.owns(child);
  let said = '';
  child.stdout.on('data', (chunk) => {
    said = (said + chunk).slice(-10_000);
  });
  let failure;
  child.once('error', (error) => {
    failure = error;
  });
  child.once('exit', (code) => {
    failure = new Error(`${name} ended with ${code}: ${said}${readFileSync(log, 'utf8').slice(-2000)}`);
  });
  const find = port ? async () => (await accepts(port)) && `http://127.0.0.1:${port}` : () => address.exec(said)?.[1];
  for (const untilMs = Date.now() + startBoundMs; Date.now() < untilMs; await sleep(1)) {
    const url = await find();
    if (failure) throw failure;
    if (url) return { name, url: new URL(url).origin, pid: child.pid, stop: () => ended(child) };
  }
  throw new Error(`${name} did not begin to listen within ${startBoundMs / 1000} s: ${said}`);
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.on('connect', () => socket.destroy()).once('error', () => resolve(false));
  });
}

/** A free port, for servers that cannot choose one themselves. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
