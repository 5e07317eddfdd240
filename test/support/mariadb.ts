// A private MariaDB for one test run: its own folder, its own port, ended by its process id.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { freePort } from './free-port.js';

export interface MariaDb {
  port: number;
  pid: () => number;
  /** Ends it; its data stays. */
  halt: () => Promise<void>;
  /** Starts it again, at the same port. */
  resume: () => Promise<void>;
  /** Ends it, and removes its data. */
  stop: () => Promise<void>;
}

export async function startMariaDb(): Promise<MariaDb> {
  const folder = mkdtempSync(join(tmpdir(), 'procreg-mariadb-'));
  const data = join(folder, 'data');
  const port = await freePort();
  const user = process.getuid?.() === 0 ? ['--user=root'] : [];
  const install = [
    '--no-defaults',
    ...user,
    `--datadir=${data}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    '--skip-name-resolve',
  ];
  execFileSync('mariadb-install-db', install, { stdio: 'pipe' });
  const options = [
    '--no-defaults',
    ...user,
    `--datadir=${data}`,
    `--socket=${join(folder, 'sock')}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    '--skip-name-resolve',
    `--pid-file=${join(folder, 'pid')}`,
    '--innodb-buffer-pool-size=64M',
    '--innodb-flush-log-at-trx-commit=0',
    '--skip-log-bin',
  ];
  let server: ChildProcess;
  const resume = async () => {
    server = spawn(mariadbd(), options, { stdio: 'ignore' });
    await untilItAnswers(port, server);
  };
  const halt = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    await ended;
  };
  await resume();
  const stop = async () => {
    await halt();
    rmSync(folder, { recursive: true, force: true });
  };
  return { port, pid: () => server.pid as number, halt, resume, stop };
}

/** Debian puts it where only root's PATH looks. */
function mariadbd(): string {
  return execFileSync('sh', ['-c', 'PATH=$PATH:/usr/sbin command -v mariadbd'], { encoding: 'utf8' }).trim();
}

async function untilItAnswers(port: number, server: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (server.exitCode !== null) throw new Error(`MariaDB ended with ${server.exitCode}`);
    try {
      await query(port, 'SELECT 1');
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error('MariaDB did not answer within 10 s');
}

export async function query(port: number, sql: string, database?: string): Promise<unknown> {
  const connection = await createConnection({ host: '127.0.0.1', port, user: 'root', database });
  try {
    return (await connection.query(sql))[0];
  } finally {
    await connection.end();
  }
}
