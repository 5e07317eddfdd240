// A real server: the bundle, started as users start it, with its own data, ended by its process id.
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll } from 'vitest';
import { type Answer, type Sent, send } from './http.js';

export const projectRoot = join(import.meta.dirname, '../..');

export interface TestServer {
  url: string;
  pid: number;
  dataDir: string;
  process: ChildProcess;
  /** stdout and stderr so far. */
  said: () => string;
  /** As admin:secret unless the request says otherwise; `login: ''` sends none. */
  send: (sent: Sent) => Promise<Answer>;
  /** Makes a user with this role. */
  user: (login: string, role: string, disabled?: boolean) => Promise<void>;
  /** Peak of the resident memory, in bytes. */
  peakBytes: () => number;
  /** TERM; resolves with the exit code. The data stays when `keep` is set. */
  stop: (keep?: { keep: boolean }) => Promise<number | null>;
}

export const adminLogin = 'admin:secret';

export interface ServerOptions {
  dataDir?: string;
  arguments?: string[];
  /** Called as soon as there is a process, long before it answers. */
  spawned?: (child: ChildProcess) => void;
  /** As root: the server is this ordinary user's, and so is its DATA_DIR. */
  uid?: number;
  /** In place of dist/bundle/main.js. */
  bundle?: string;
  /** In the mount namespace of this process. */
  inside?: number;
  /** The most that it may have open at once, and so may its launcher. */
  descriptors?: number;
}

/** What a test that failed has not stopped; without its data the launcher leaves as well. */
const started = new Map<ChildProcess, string>();
afterAll(async () => {
  for (const [child, dataDir] of started) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await removeFolder(dataDir);
  }
});

export async function startServer(settings: Record<string, string> = {}, options: ServerOptions = {}): Promise<TestServer> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'procreg-test-'));
  const usual = { ADMIN_PASSWORD: 'secret', MIN_PASSWORD_LENGTH: '1', PORT: '0', LOG_LEVEL: 'warn' };
  const environment = { PATH: process.env.PATH, DATA_DIR: dataDir, ...usual, ...recording(), ...settings };
  const { uid, bundle = join(projectRoot, 'dist/bundle/main.js') } = options;
  if (uid !== undefined) chownSync(dataDir, uid, uid);
  const limited = options.descriptors === undefined ? [] : ['prlimit', `--nofile=${options.descriptors}:${options.descriptors}`];
  const command = [...limited, process.execPath, bundle, 'server', 'serve', ...(options.arguments ?? [])];
  const [exec, ...argv] = options.inside === undefined ? command : ['nsenter', '-t', String(options.inside), '-m', ...command];
  const child = spawn(exec, argv, { env: environment, cwd: dataDir, uid, gid: uid });
  started.set(child, dataDir);
  options.spawned?.(child);
  let said = '';
  child.stdout.on('data', (chunk) => (said += chunk));
  child.stderr.on('data', (chunk) => (said += chunk));
  const url = await address(child, () => said).catch(async (error) => {
    if (!options.dataDir) await removeFolder(dataDir);
    throw error;
  });
  const pid = child.pid as number;
  const sendAs = (sent: Sent) => send(url, { login: sent.headers?.authorization ? undefined : adminLogin, ...sent });
  return {
    url,
    pid,
    dataDir,
    process: child,
    said: () => said,
    send: sendAs,
    user: async (login, role, disabled = false) => {
      const colon = login.indexOf(':');
      const body = { username: login.slice(0, colon), password: login.slice(colon + 1), role, disabled };
      const { status, text } = await sendAs({ method: 'POST', path: '/api/user/', body });
      if (status !== 201) throw new Error(`the user was not made: ${status} ${text}`);
    },
    peakBytes: () => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024,
    stop: async (how) => {
      const code = await ended(child);
      if (!how?.keep) for (const folder of [dataDir, workRoot(dataDir)]) await removeFolder(folder);
      return code;
    },
  };
}

/** RECORD_ANSWERS=folder npm test: every answer is kept, for test/answers/compare.mjs. */
function recording(): Record<string, string> {
  const { RECORD_ANSWERS: folder } = process.env;
  if (!folder) return {};
  // servers of ordinary users write there too
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o1777);
  return { RECORD_ANSWERS: folder, NODE_OPTIONS: `--import=${join(projectRoot, 'test/answers/record.mjs')}` };
}

/** Where a server of root has its work directories when the run user cannot reach DATA_DIR. */
function workRoot(dataDir: string): string {
  return join(tmpdir(), `procreg-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}`);
}

function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => {
    child.once('exit', resolve);
    child.kill('SIGTERM');
  });
}

function address(child: ChildProcess, said: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const found = /process-registry \S+ on (\S+) /.exec(said())?.[1];
      if (found) resolve(new URL(found).origin);
    };
    child.stdout?.on('data', look);
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${said()}`)));
  });
}

/** A launcher that its server has left may still put what its runs have said into it. */
export async function removeFolder(folder: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY' || tries === 100) throw error;
      await sleep(50);
    }
  }
}
