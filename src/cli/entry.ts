// The entry of the program: the client, or behind `procreg server` the server, if Node.js is new enough for it; otherwise the project's own Node
// is started, or the user is told what to do.
import { existsSync, readFileSync, statSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const besides = (path: string) => new URL(path, import.meta.url);

/** The Node that npm start has installed (scripts/node.sh). */
const ownNode = fileURLToPath(besides('../../.node/node'));

/** The variable with the pid of the first process; the second process ends when the first has ended. */
const followsVariable = 'PROCREG_FOLLOWS';
const followEveryMs = 1000;

const oldest = oldestNode();
const found = process.versions.node;
if (isNewEnough() && process.argv[2] !== 'server') {
  module.createRequire(import.meta.url)('../../clients/cli/dist/procreg.cjs');
} else if (isNewEnough()) {
  keepCompiledCode();
  followStarter();
  void import(besides('server.js').href);
} else if (existsSync(ownNode)) {
  void startWith(ownNode);
} else {
  console.error(
    `process-registry needs Node.js ${oldest} or newer; this is ${found} (${process.execPath}). Install a newer one, or in a clone: npm start, which fetches one.`,
  );
  process.exit(1);
}

/** The version as in package.json: "22.14". */
function oldestNode(): string {
  const { engines } = JSON.parse(readFileSync(besides('../../package.json'), 'utf8')) as { engines: { node: string } };
  return engines.node.replace('>=', '');
}

function isNewEnough(): boolean {
  const [major, minor] = found.split('.').map(Number);
  const [oldestMajor, oldestMinor] = oldest.split('.').map(Number);
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

/** The next start takes the compiled code from a file: only where this user has built the bundle, so that nobody else owns a file in its folder. */
function keepCompiledCode(): void {
  const folder = fileURLToPath(besides('.'));
  if (statSync(folder).uid === process.getuid?.()) module.enableCompileCache(`${folder}compiled`);
}

/** An old Node cannot replace itself by another program: it stays, passes signals on and ends as its child does. */
async function startWith(node: string): Promise<void> {
  const { spawn } = await import('node:child_process');
  const environment = { ...process.env, [followsVariable]: String(process.pid) };
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit', env: environment });
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGUSR2'] as const) process.on(signal, () => child.kill(signal));
  // a terminal sends SIGINT to both processes
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  child.on('error', (error) => {
    console.error(`process-registry: ${node} cannot be started: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (!signal) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/** Ends this process when its starter is gone: a kill -9 of the starter must not leave a server behind. */
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
