// procreg server passwd: replaces a lost password, with the server running or not, on each database.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { uriOf, withPassword } from '../support/accounts.js';
import { databases, newDatabase } from '../support/databases.js';
import { crash, next } from '../support/restarts.js';
import { projectRoot, startServer, type TestServer } from '../support/server.js';

interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

const main = join(projectRoot, 'dist/bundle/main.js');

function passwd(dataDir: string, argv: string[], { input = '', settings = {} }: { input?: string; settings?: object } = {}): Promise<Ran> {
  const env = { PATH: process.env.PATH, DATA_DIR: dataDir, ...settings };
  const child = spawn(process.execPath, [main, 'server', 'passwd', ...argv], { env, cwd: '/' });
  const ran = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (ran.stdout += chunk));
  child.stderr.on('data', (chunk) => (ran.stderr += chunk));
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...ran })));
}

/** Typed at a terminal, each line once its prompt is shown; all that the terminal shows. */
function passwdAtTerminal(dataDir: string, name: string, typed: string[]): Promise<Ran> {
  const command = `exec '${process.execPath}' '${main}' server passwd ${name}`;
  const child = spawn('script', ['-qec', command, '/dev/null'], { env: { PATH: process.env.PATH, DATA_DIR: dataDir }, cwd: '/' });
  const left = [...typed];
  let [stdout, prompts] = ['', 0];
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
    const shown = stdout.match(/(New password of \S+|Once more): /g)?.length ?? 0;
    for (; prompts < shown; prompts++) child.stdin.write(`${left.shift()}\n`);
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr: '' })));
}

async function expectPassword(server: TestServer, login: string, before: string): Promise<void> {
  expect([await withPassword(server, login), await withPassword(server, before)]).toEqual([200, 401]);
}

test.each(databases)('a new password is valid, with the server running and without one (%s)', { timeout: 60_000 }, async (database) => {
  const settings = await newDatabase(database);
  const first = await startServer(settings);
  await first.user('ann:first-password', 'author');
  const running = await passwd(first.dataDir, ['ann'], { input: 'second-pässword\nnot this line\n', settings });
  expect(running).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('The password of ann was changed.') });
  await expectPassword(first, 'ann:second-pässword', 'ann:first-password');
  await crash(first);
  const stopped = await passwd(first.dataDir, ['ann', '--generate'], { settings });
  expect(stopped.code, stopped.stderr).toBe(0);
  expect(stopped.stdout).toMatch(/^[\w-]{24}\n$/);
  const server = await next(first, settings);
  await expectPassword(server, `ann:${stopped.stdout.trim()}`, 'ann:second-pässword');
  await server.stop();
});

test('at a terminal it is typed twice and never shown', async () => {
  const server = await startServer();
  const done = await passwdAtTerminal(server.dataDir, 'admin', ['a-new-one', 'a-new-one']);
  expect([done.code, done.stdout.includes('a-new-one')], done.stdout).toEqual([0, false]);
  await expectPassword(server, 'admin:a-new-one', 'admin:secret');
  const other = await passwdAtTerminal(server.dataDir, 'admin', ['one-thing', 'another-thing']);
  expect([other.code, other.stdout], other.stdout).toEqual([1, expect.stringContaining('the two passwords differ; nothing was changed')]);
  expect(await withPassword(server, 'admin:a-new-one')).toBe(200);
  await server.stop();
});

test.each(['running', 'stopped'])('an impossible request is refused in one line, with the server %s', async (state) => {
  const server = await startServer();
  if (state === 'stopped') await server.stop({ keep: true });
  const nobody = await passwd(server.dataDir, ['nobody', '--generate']);
  expect(nobody).toEqual({ code: 1, stdout: '', stderr: "process-registry: there is no user 'nobody'\n" });
  for (const input of ['', '\n', `${'x'.repeat(1025)}\n`]) {
    const { code, stderr } = await passwd(server.dataDir, ['admin'], { input });
    expect([code, stderr.split('\n').length], stderr).toEqual([1, 2]);
    expect(stderr).toContain('password');
  }
  if (state === 'running') await server.stop();
  else rmSync(server.dataDir, { recursive: true, force: true });
});

test('a disabled user stays disabled, tokens stay, and connections with the old password are closed', async () => {
  const server = await startServer();
  await server.user('off:password', 'author', true);
  expect((await passwd(server.dataDir, ['off', '--generate'])).stderr).toContain('off is still disabled');
  expect((await server.send({ path: await uriOf(server, 'off') })).json.disabled).toBe(true);
  await server.user('ann:first-password', 'author');
  const { json } = await server.send({ method: 'POST', path: '/api/token/', body: { name: 'one' }, login: 'ann:first-password' });
  const authorization = `Basic ${Buffer.from('ann:first-password').toString('base64')}`;
  const stream = await fetch(`${server.url}/api/stream/x/`, { headers: { authorization } });
  expect((await passwd(server.dataDir, ['ann', '--generate'])).code).toBe(0);
  await expect(stream.text()).rejects.toThrow();
  expect((await server.send({ path: '/api/me/', headers: { authorization: `Bearer ${json.token}` } })).status).toBe(200);
  await server.stop();
});

test('without a database nothing is created', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'procreg-passwd-'));
  expect(await passwd(folder, ['admin', '--generate'])).toMatchObject({ code: 1, stderr: expect.stringContaining('does not exist') });
  expect(await passwd(join(folder, 'none'), ['admin', '--generate'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('DATA_DIR'),
  });
  rmSync(folder, { recursive: true });
});
