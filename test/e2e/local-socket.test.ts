// DATA_DIR/server.sock: anyone who can open it acts as the first admin; no other request can pretend to have come through it, and no run reaches it.
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { sendLocally, socketOf } from '../support/local-socket.js';
import { execute } from '../support/programs.js';
import { crash, next, until } from '../support/restarts.js';
import { runRole } from '../support/role.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ LOG_LEVEL: 'info', LOG_FORMAT: 'json', TRUST_PROXY: 'true', BASE_PATH: '/base' });
});
afterAll(() => server.stop());

const basic = (login: string) => `Basic ${Buffer.from(login).toString('base64')}`;

describe('a request over the socket', () => {
  test('needs no login, acts as the first admin, and is logged as local', async () => {
    const { status, json } = await sendLocally(socketOf(server.dataDir), { path: '/base/api/me/' });
    expect([status, json]).toMatchObject([200, { username: 'admin', role: 'admin' }]);
    expect((await sendLocally(socketOf(server.dataDir), { path: '/base/metrics' })).status).toBe(200);
    await until(
      () => server.said().split('\n'),
      (lines) => lines.some((line) => line.includes('"path":"/api/me/"') && line.includes('"user":"local"')),
    );
  });

  test.each<[string, Record<string, string>, number]>([
    ['a wrong password', { authorization: basic('admin:wrong') }, 401],
    ['a wrong token', { authorization: 'Bearer pr_wrong' }, 401],
    ['a wrong token in its own header', { 'x-access-token': 'pr_wrong' }, 401],
    ['an invalid login', { authorization: 'nonsense' }, 401],
    ['a right password', { authorization: basic('admin:secret') }, 200],
  ])('that shows %s is judged by it', async (_what, headers, status) => {
    expect((await sendLocally(socketOf(server.dataDir), { path: '/base/api/me/', headers })).status).toBe(status);
  });

  test('may write, also by X-HTTP-Method-Override, but not for a page of another origin', async () => {
    const put = { method: 'PUT', path: '/base/api/process_definition/local/', body: { definition: { exec: 'true' } } };
    expect((await sendLocally(socketOf(server.dataDir), put)).status).toBe(201);
    const foreign = { ...put, headers: { origin: 'http://evil.example' } };
    expect((await sendLocally(socketOf(server.dataDir), foreign)).json).toMatchObject({ code: 'cross_site' });
    const removal = { method: 'POST', path: put.path, headers: { 'x-http-method-override': 'DELETE' } };
    expect((await sendLocally(socketOf(server.dataDir), removal)).status).toBe(204);
  });

  test('may ask for a WebSocket', async () => {
    const run = await sendLocally(socketOf(server.dataDir), {
      method: 'POST',
      path: '/base/api/run/',
      body: { exec: '/bin/cat', interactive: true },
    });
    const path = new URL(run.json.resource_uri, server.url).pathname;
    const line = new WebSocket(`ws+unix:${socketOf(server.dataDir)}:${path}attach/`, ['v5.channel.k8s.io']);
    await new Promise((resolve, reject) => line.once('open', resolve).once('error', reject));
    line.close();
  });
});

test.each<Record<string, string>>([
  { 'x-forwarded-for': 'unix:' },
  { 'x-forwarded-for': '' },
  { forwarded: 'for=unix;proto=http' },
  { host: 'localhost' },
  { 'x-real-ip': '127.0.0.1', via: 'unix' },
  { user: 'local', 'x-remote-user': 'local', 'remote-addr': '' },
])('a request over TCP with %j needs a login', async (headers) => {
  expect((await server.send({ path: '/base/api/me/', login: '', headers })).status).toBe(401);
});

test('the name local is an ordinary user name: it gives no access over TCP', async () => {
  expect((await server.send({ path: '/base/api/me/', login: 'local:' })).status).toBe(401);
});

test('the socket is 0600, replaces that of a dead server, and is removed at the end of its server', async () => {
  const first = await startServer();
  const socket = socketOf(first.dataDir);
  expect(statSync(socket).mode & 0o7777).toBe(0o600);
  await crash(first);
  expect(existsSync(socket)).toBe(true);
  const second = await next(first);
  expect(statSync(socket).mode & 0o7777).toBe(0o600);
  expect((await sendLocally(socket, { path: '/api/server/' })).json).toMatchObject({ pid: second.pid, url: second.url });
  const other = await runRole(['serve'], { DATA_DIR: first.dataDir, PORT: '0' });
  expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('another server is running')]);
  expect((await sendLocally(socket, { path: '/api/server/' })).json.pid).toBe(second.pid);
  await second.stop({ keep: true });
  expect(existsSync(socket)).toBe(false);
  rmSync(first.dataDir, { recursive: true, force: true });
});

test('a DATA_DIR whose path is too long for a socket has its socket too', async () => {
  const root = mkdtempSync(join(tmpdir(), 'procreg-long-'));
  const dataDir = join(root, 'd'.repeat(100), 'e'.repeat(100));
  mkdirSync(dataDir, { recursive: true });
  const long = await startServer({}, { dataDir });
  expect(statSync(socketOf(dataDir)).isSocket()).toBe(true);
  const { code, stdout, stderr } = await runRole(['passwd', 'admin', '--generate'], { DATA_DIR: dataDir });
  expect(code, stderr).toBe(0);
  expect((await long.send({ path: '/api/me/', login: `admin:${stdout.trim()}` })).status).toBe(200);
  await long.stop();
  rmSync(root, { recursive: true, force: true });
});

/** Tries all ways to the socket that a program has, and says which of them was one. */
const reach = `
import glob, os, socket, subprocess, sys
data = sys.argv[1]
names = [data + '/server.sock', os.path.relpath(data + '/server.sock')]
names += ['/proc/%s/root%s/server.sock' % (pid, data) for pid in os.listdir('/proc') if pid.isdigit()]
names += ['/proc/%s/cwd/server.sock' % pid for pid in os.listdir('/proc') if pid.isdigit()]
names += [one + '/server.sock' for one in glob.glob('/proc/*/fd/*')]
def tried():
    found = []
    for name in names:
        try:
            one = socket.socket(socket.AF_UNIX)
            one.connect(name)
            one.sendall(b'GET /api/me/ HTTP/1.0\\r\\n\\r\\n')
            found.append(name + one.recv(100).decode())
        except OSError:
            pass
    return found
if len(sys.argv) == 2:
    print(tried())
    undo = 'umount %s; umount -l %s; exec python3 -c "$0" %s again' % (data, data, data)
    for way in [['-Urm'], ['-m'], ['-Urmp', '--fork']]:
        print(subprocess.run(['unshare', *way, 'sh', '-c', undo, open('/proc/self/cmdline').read().split('\\0')[2]], capture_output=True, text=True).stdout)
else:
    print(tried())`;

const ordinaryUid = 54321;
const isRoot = process.getuid?.() === 0;
const runners: [string, object][] = isRoot
  ? [
      ['root', {}],
      ['an ordinary user', { uid: ordinaryUid }],
    ]
  : [['an ordinary user', {}]];

describe.each(runners)('with a server of %s', (_who, options) => {
  test.each(['pidns', 'sandbox'])('no program reaches the socket at level %s', async (ISOLATION) => {
    const own = await startServer({ ISOLATION }, options);
    expect(statSync(socketOf(own.dataDir)).isSocket()).toBe(true);
    const { text, status } = await execute(own, { exec: 'python3', argv: ['-c', reach, own.dataDir], timeout: 60 });
    expect(status, text).toBe(200);
    expect(text.split('\n').filter((line) => line !== '' && line !== '[]')).toEqual([]);
    expect(text).toContain('[]');
    await own.stop();
  });
});

if (isRoot) {
  test('no program with another user than the server’s reaches it at level process', async () => {
    const own = await startServer({ ISOLATION: 'process' });
    const connect =
      'import socket,sys\ntry: socket.socket(socket.AF_UNIX).connect(sys.argv[1]); print("reached")\nexcept OSError as e: print(e.errno)';
    const { text } = await execute(own, { exec: 'python3', argv: ['-c', connect, socketOf(own.dataDir)] });
    expect(text.trim()).toBe('13');
    await own.stop();
  });
}

test('at level process programs of the server’s own user do reach it, as the boot and SECURITY.md say', async () => {
  const own = await startServer({ ISOLATION: 'process' }, isRoot ? { uid: ordinaryUid } : {});
  expect(own.said()).toContain("programs run as the server's own user and share its rights");
  const { text } = await execute(own, { exec: 'python3', argv: ['-c', reach, own.dataDir], timeout: 60 });
  expect(text).toContain('/server.sockHTTP/1.1 200');
  await own.stop();
});
