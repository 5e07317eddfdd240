// A machine without the native launcher: the server starts only when LAUNCHER=child_process or somebody at a terminal lets it, and says what is off.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyProduct } from '../support/copied-product.js';
import { ended, newMark, submit } from '../support/hostile.js';
import { marked } from '../support/processes.js';
import { execute, shell } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

const { folder, bundle } = copyProduct();
/** Without cc, gcc and clang. */
const bin = join(folder, 'bin');
const promises = ['do not outlive the server', 'pidns', 'no sandbox', 'no terminals', 'no_new_privs'];

beforeAll(() => {
  rmSync(join(folder, 'dist/launcher'), { recursive: true });
  mkdirSync(bin);
  for (const name of ['sh', 'uname', 'dirname', 'mkdir', 'mv']) symlinkSync(join('/bin', name), join(bin, name));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the server with LAUNCHER=child_process', () => {
  let server: TestServer;
  let output = '';
  beforeAll(async () => {
    const spawned = (child: TestServer['process']) => void child.stdout?.on('data', (chunk) => (output += chunk));
    server = await startServer({ PATH: bin, LAUNCHER: 'child_process' }, { bundle, spawned });
  });
  afterAll(() => server.stop());

  test('says in the output of its start which promises are off', () => {
    expect(output).toMatch(/^WARNING: LAUNCHER=child_process: programs are started by child_process\. Therefore:$/m);
    for (const promise of promises) expect(output).toContain(promise);
  });

  test('says in /health what starts its programs, how they are isolated, and which promises are off', async () => {
    const { status, json } = await server.send({ path: '/health', login: '' });
    expect(status).toBe(200);
    expect(json).toMatchObject({ launcher: 'child_process', launcher_state: 'ok', isolation: 'process' });
    for (const promise of promises) expect(json.promises_off.join('\n')).toContain(promise);
  });

  test('runs programs, and their records say the level', async () => {
    expect((await execute(server, { exec: '/usr/bin/tr', argv: ['-d', 'x'] }, { body: 'axbxc' })).text).toBe('abc');
    const run = await ended(server, await submit(server, shell('exit 3')));
    expect([run.end_reason, run.exit_code, run.isolation]).toEqual(['exit', 3, 'process']);
    expect(run.usage).toEqual({ cpu_ms: null, max_rss_bytes: null });
  });
});

test('a server with the native launcher keeps every promise, and its start says nothing of them', async () => {
  const server = await startServer();
  expect((await server.send({ path: '/health' })).json).toMatchObject({ launcher: 'native', promises_off: [] });
  expect(server.said()).not.toContain('WARNING');
  await server.stop();
});

const simple = { LAUNCHER: 'child_process' };
test.each([
  [{}, ['LAUNCHER=auto is not possible', 'is missing', 'C compiler', 'LAUNCHER=child_process', ...promises]],
  [{ LAUNCHER: 'native' }, ['LAUNCHER=native is not possible', 'is missing', 'C compiler']],
  [{ ...simple, ISOLATION: 'pidns' }, ['ISOLATION=pidns is not possible', 'needs the native launcher']],
  [{ ...simple, ISOLATION_MIN: 'pidns' }, ['ISOLATION_MIN=pidns is not reached', 'needs the native launcher']],
])('a server with the settings %j refuses to boot, in one line', async (settings: Record<string, string>, parts) => {
  const started = await startServer({ PATH: bin, ...settings }, { bundle }).catch((error: Error) => error);
  if (!(started instanceof Error)) await started.stop();
  const [, code, line] = /^the server ended with (\S+): (.*)$/s.exec((started as Error).message) ?? [];
  expect(Number(code)).toBeGreaterThan(0);
  expect(line.trim().split('\n'), line).toHaveLength(1);
  for (const part of parts) expect(line).toContain(part);
});

describe('npm start', () => {
  /** What it says until it serves or ends, and with which code it ended; it is stopped then. */
  async function started(command: string[], settings: Record<string, string> = {}) {
    const mark = newMark();
    const env = {
      PATH: process.env.PATH,
      NODE: process.execPath,
      ADMIN_PASSWORD: 'secret-password',
      PORT: '0',
      DATA_DIR: join(folder, mark),
      ...settings,
    };
    const child = spawn(command[0], command.slice(1), { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    const code = await new Promise<number | null>((resolve) => {
      const hear = (chunk: Buffer) => {
        said += chunk;
        if (/ on http:\S+ /.test(said)) for (const pid of marked(mark)) process.kill(pid, 'SIGTERM');
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.once('close', resolve);
    });
    return { said, code };
  }

  const atTerminal = ['script', '-qec', 'sh scripts/start.sh', '/dev/null'];

  test('at a terminal warns which promises are off, and serves', async () => {
    const { said } = await started(atTerminal);
    expect(said).toMatch(/process-registry \S+ on http:/);
    expect(said).toMatch(/WARNING: the native launcher cannot run: \S+ is missing.*; programs are started by child_process/);
    for (const promise of promises) expect(said).toContain(promise);
  });

  test.each([
    ['without a terminal refuses to serve', ['sh', 'scripts/start.sh'], {}, 'LAUNCHER=auto is not possible'],
    ['at a terminal with LAUNCHER=native refuses to serve', atTerminal, { LAUNCHER: 'native' }, 'LAUNCHER=native is not possible'],
  ])('%s', async (_what, command, settings, part) => {
    const { said, code } = await started(command, settings);
    expect(code).toBe(1);
    expect(said).toContain(part);
    expect(said).not.toContain('http:');
  });
});

test('the installation says in one line that it found no compiler, and continues', () => {
  const { status, stdout, stderr } = spawnSync('/bin/sh', [join(folder, 'scripts/build-launcher.sh')], {
    env: { PATH: bin },
    encoding: 'utf8',
  });
  expect([status, stdout, stderr.trim().split('\n').length]).toEqual([0, '', 1]);
  expect(stderr).toContain('no C compiler');
  expect(existsSync(join(folder, 'dist/launcher'))).toBe(false);
});
