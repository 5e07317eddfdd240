// The file that is started: loads the server on a Node.js that is new enough; on an older one it starts the project's own Node, or says what to do.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const besides = (path: string) => new URL(path, import.meta.url);

/** Where npm start has put a Node (scripts/node.sh). */
const ownNode = fileURLToPath(besides('../../.node/node'));

/** Tells the second process that it ends when the first one, whose pid this is, has gone. */
const followsVariable = 'PROCREG_FOLLOWS';
const followEveryMs = 1000;

const oldest = oldestNode();
const found = process.versions.node;
if (isNewEnough()) {
  followStarter();
  void import(besides('server.js').href);
} else if (existsSync(ownNode)) {
  startWith(ownNode);
} else {
  console.error(
    `process-registry needs Node.js ${oldest} or newer; this is ${found} (${process.execPath}). Install a newer one, or in a clone: npm start, which fetches one.`,
  );
  process.exit(1);
}

/** As package.json says it: "22.14". */
function oldestNode(): string {
  const { engines } = JSON.parse(readFileSync(besides('../../package.json'), 'utf8')) as { engines: { node: string } };
  return engines.node.replace('>=', '');
}

function isNewEnough(): boolean {
  const [major, minor] = found.split('.').map(Number);
  const [oldestMajor, oldestMinor] = oldest.split('.').map(Number);
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

/** An old Node cannot become another program: it stays, passes signals on and ends as the other one does. */
function startWith(node: string): void {
  const environment = { ...process.env, [followsVariable]: String(process.pid) };
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit', env: environment });
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGUSR2'] as const) process.on(signal, () => child.kill(signal));
  // a terminal sends it to both
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  child.on('error', (error) => {
    console.error(`process-registry: ${node} does not start: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (!signal) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/** A kill -9 of the starter must not leave a server that nobody has in hand. */
function followStarter(): void {
  const starter = Number(process.env[followsVariable]);
  delete process.env[followsVariable];
  if (!starter) return;
  const watch = setInterval(() => {
    if (process.ppid === starter) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, followEveryMs);
  watch.unref();
}
