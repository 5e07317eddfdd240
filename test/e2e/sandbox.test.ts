// The sandbox in use: which runs get it by default, settings that require it, a machine without it, and sandboxed runs that outlive their server.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bash, newCoder } from '../support/code.js';
import { ended, isRoot, said, stop } from '../support/hostile.js';
import { multipart } from '../support/http.js';
import { defined, execute, shell } from '../support/programs.js';
import { runRole } from '../support/role.js';
import { startServer, type TestServer } from '../support/server.js';

/** Every program of /usr/bin but bubblewrap. */
const without = mkdtempSync('/var/tmp/procreg-without-');
const dataDir = mkdtempSync(join(tmpdir(), 'procreg-sandbox-'));
const ann = 'ann:ann-password';

beforeAll(() => {
  chmodSync(without, 0o755);
  mkdirSync(join(without, 'bin'), { mode: 0o755 });
  for (const name of readdirSync('/usr/bin')) if (name !== 'bwrap') symlinkSync(join('/usr/bin', name), join(without, 'bin', name));
});
afterAll(() => {
  for (const folder of [without, dataDir]) rmSync(folder, { recursive: true, force: true });
});

async function begun(server: TestServer, script: string, login: string): Promise<string> {
  const { status, json, text } = await server.send({ method: 'POST', path: '/api/run/', login, body: shell(script) });
  expect(status, text).toBe(201);
  return json.resource_uri;
}

const isolationOf = async (server: TestServer, script: string, login: string) =>
  (await ended(server, await begun(server, script, login))).isolation;

describe('the sandbox by default', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
    await server.user(ann, 'author');
  });
  afterAll(async () => {
    await server.stop();
  });

  test('contains commands of non-admins, but not those of admins or stored definitions', async () => {
    expect(await isolationOf(server, 'true', ann)).toBe('sandbox');
    expect(await isolationOf(server, 'true', 'admin:secret')).toBe('pidns');
    const { headers } = await execute(server, shell('true'));
    expect((await server.send({ path: `/api/run/${headers['run-id']}/` })).json.isolation).toBe('pidns');
  });

  test('contains commands of procaas, with their files', async () => {
    const data = JSON.stringify({ cmd: ['sh', '-c', 'cat given; ls /root /home 2>/dev/null; cat /etc/shadow'] });
    const form = await multipart([
      ['data', data],
      ['file', new File(['what was given\n'], 'given')],
    ]);
    const { status, text } = await server.send({ method: 'POST', path: '/process', login: ann, ...form });
    expect([status, text]).toEqual([400, expect.stringContaining('/etc/shadow')]);
    const [{ isolation }] = (await server.send({ path: '/api/run/', login: ann })).json.objects;
    expect(isolation).toBe('sandbox');
  });

  test('is reported as working by /health', async () => {
    expect((await server.send({ path: '/health' })).json).toMatchObject({ isolation: 'pidns', sandbox: 'works' });
  });

  test('has HOME, PATH and TMPDIR as its environment, and a name for its user', async () => {
    const { stdout } = await output(server, 'env | cut -d= -f1 | sort | tr "\\n" " "; whoami');
    expect(stdout).toMatch(/^HOME PATH PWD TMPDIR TRACEPARENT (_ )?sandbox\n$/);
  });

  async function output(on: TestServer, script: string) {
    const path = await begun(on, script, ann);
    await ended(on, path);
    return { stdout: (await on.send({ path: `${path}log/?stream=stdout` })).text };
  }

  test('shows the certificates and settings of /etc/ssl, but not the keys', async () => {
    const { stdout } = await output(server, 'ls /etc/ssl');
    expect(['certs', 'openssl.cnf']).toEqual(expect.arrayContaining(stdout.trim().split('\n')));
  });

  test.each([
    ['an adapter of its output', { output_adapter: { output_type: 'port', output_parameters: { tcp_port: '${port}' } } }],
    ['an adapter of its input, at a port of its choice', { input_adapter: { input_type: 'port', input_parameters: { tcp_port: 9 } } }],
  ])('gives a command of a non-admin no port, and so no network, by %s', async (_what, adapter) => {
    const count = async () => (await server.send({ path: '/api/run/', login: ann })).json.meta.total_count;
    const before = await count();
    const body = shell('cat', { message: 'x', ...adapter });
    const { status, json } = await server.send({ method: 'POST', path: '/api/run/', login: ann, body });
    expect([status, json.code, json.detail]).toEqual([403, 'forbidden', expect.stringContaining('no network')]);
    expect(await count()).toBe(before);
  });

  // an ordinary user's limit counts all its processes, the server's too
  test.runIf(isRoot)('counts only the processes of the program for a limit of processes', async () => {
    const body = shell('true & wait; echo well', { limits: { processes: 2 } });
    const { json } = await server.send({ method: 'POST', path: '/api/run/', login: ann, body });
    expect(await ended(server, json.resource_uri)).toMatchObject({ success: true, isolation: 'sandbox' });
  });

  test('keeps the files that the program leaves in its work directory, and adds none', async () => {
    const path = await begun(server, 'echo kept > kept; echo lost > $HOME/lost', ann);
    await ended(server, path);
    await expect
      .poll(async () => (await server.send({ path: `${path}files/` })).json.objects.map((file: { path: string }) => file.path))
      .toEqual(['kept']);
  });
});

test('lets a run outlive its server, and be stopped by the next one', async () => {
  const first = await startServer({}, { dataDir });
  await first.user(ann, 'author');
  const path = await begun(first, 'trap "echo TERM seen; exit 7" TERM; echo up; while :; do sleep 0.05; done', ann);
  await said(first, path, 'up');
  first.process.kill('SIGKILL');
  const second = await startServer({}, { dataDir });
  expect((await second.send({ path })).json).toMatchObject({ state: 'running', isolation: 'sandbox' });
  await stop(second, path, { grace: 5 });
  expect(await ended(second, path)).toMatchObject({ end_reason: 'stop', exit_code: 7, isolation: 'sandbox' });
  expect((await second.send({ path: `${path}log/?stream=stdout` })).text).toBe('up\nTERM seen\n');
  await second.stop();
});

test('ISOLATION=sandbox puts every run into it', async () => {
  const server = await startServer({ ISOLATION: 'sandbox' });
  const { headers, text } = await execute(server, shell('cat /etc/shadow || cat'), { body: 'message' });
  expect(text).toBe('message');
  expect((await server.send({ path: `/api/run/${headers['run-id']}/` })).json.isolation).toBe('sandbox');
  expect((await server.send({ path: '/health' })).json).toMatchObject({ isolation: 'sandbox', sandbox: 'works' });
  await server.stop();
});

test('ISOLATION=sandbox leaves the network to a stored definition that serves a port, and to no other', async () => {
  const server = await startServer({ ISOLATION: 'sandbox' });
  await server.user(ann, 'author');
  const script = 'exec 3<>"/dev/tcp/127.0.0.1/$1" && echo reached';
  const isolated = async (argv: string[], more: object = {}) => {
    const definition = { exec: '/bin/bash', argv: ['-c', script, 'bash', new URL(server.url).port, ...argv], ...more };
    const stored = await defined(server, definition, ann);
    const { headers } = await server.send({ method: 'POST', path: `${stored}execute/`, login: ann });
    const path = `/api/run/${headers['run-id']}/`;
    const { isolation } = (await server.send({ path })).json;
    return [isolation, (await server.send({ path: `${path}log/?stream=stdout` })).text];
  };
  expect(await isolated(['${port}'])).toEqual(['sandbox+network', 'reached\n']);
  expect(await isolated([])).toEqual(['sandbox', '']);
  await server.stop();
});

describe('without bubblewrap', () => {
  const bare = () => ({ RUN_PATH: join(without, 'bin') });

  test('code and commands run without the sandbox, and records, answers and /health say so', async () => {
    const server = await startServer(bare());
    await server.user(ann, 'author');
    expect(await isolationOf(server, 'true', ann)).toBe('pidns');
    const run = await newCoder(server);
    expect((await run(bash('echo hi'))).json).toMatchObject({ stdout: 'hi\n', isolation: 'pidns' });
    const { json } = await server.send({ path: '/health' });
    expect(json).toMatchObject({ isolation: 'pidns', sandbox: expect.stringContaining('bubblewrap is not installed') });
    await server.stop();
  });

  test.each(['ISOLATION', 'ISOLATION_MIN'])('%s=sandbox stops the boot and says why', async (name) => {
    await expect(startServer({ ...bare(), [name]: 'sandbox' })).rejects.toThrow(
      new RegExp(`${name}=sandbox is not possible: sandbox: bubblewrap is not installed`),
    );
  });

  test('procreg server doctor says so', async () => {
    const { stdout } = await runRole(['doctor'], { ...bare(), DATA_DIR: join(without, 'data') });
    expect(stdout).toContain('level sandbox: bubblewrap is not installed');
    expect(existsSync(join(without, 'data'))).toBe(false);
  });
});
