// The first admin's password: what is generated, what is ignored, what the banner says of it, and when its file is removed.
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { withPassword } from '../support/accounts.js';
import { runRole } from '../support/role.js';
import { type ServerOptions, startServer, type TestServer } from '../support/server.js';

// each test starts servers one after the other
vi.setConfig({ testTimeout: 180_000 });

const started: TestServer[] = [];
afterEach(async () => {
  for (const server of started.splice(0)) await server.stop();
});

/** With the limit of users; '' is as if it were not set. */
async function start(settings: Record<string, string> = {}, options: ServerOptions = {}): Promise<TestServer> {
  const server = await startServer({ ADMIN_PASSWORD: '', MIN_PASSWORD_LENGTH: '', ...settings }, options);
  started.push(server);
  return server;
}

/** Another server on the same data. */
async function again(server: TestServer, settings: Record<string, string> = {}): Promise<TestServer> {
  await server.stop({ keep: true });
  return start(settings, { dataDir: server.dataDir });
}

const fileOf = ({ dataDir }: TestServer) => join(dataDir, 'admin-password');
const generatedOf = (server: TestServer) => readFileSync(fileOf(server), 'utf8').trim();

/** The login of the banner's first curl line, as a shell would read it. */
function shownLogin(server: TestServer, adminPassword = ''): string {
  const [, login] = /curl -u "?([^\s"]+(?: [^\s"]+)?)"? -X PUT/.exec(server.said()) ?? [];
  const cat = /\$\(cat ([^)]*)\)/.exec(login)?.[1];
  const filled = cat ? login.replace(/\$\(.*\)/, readFileSync(join(server.dataDir, cat), 'utf8').trim()) : login;
  return filled.replace('$ADMIN_PASSWORD', adminPassword);
}

test('without ADMIN_PASSWORD one is generated once, printed once, and kept in a file that only its owner reads', async () => {
  const first = await start();
  const password = generatedOf(first);
  expect([statSync(fileOf(first)).mode & 0o777, password.length >= 16, first.said().includes(password)]).toEqual([0o600, true, true]);
  expect(await withPassword(first, shownLogin(first))).toBe(200);
  const second = await again(first);
  expect(second.said()).not.toContain(password);
  expect(second.said()).toContain('The password of admin is in admin-password.');
  expect(await withPassword(second, shownLogin(second))).toBe(200);
});

test('a file that was there before the first start is replaced, and not left readable by others', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'procreg-test-'));
  writeFileSync(join(dataDir, 'admin-password'), 'of somebody else\n', { mode: 0o644 });
  const server = await start({}, { dataDir });
  expect([statSync(fileOf(server)).mode & 0o777, await withPassword(server, `admin:${generatedOf(server)}`)]).toEqual([0o600, 200]);
});

test.each([
  ['its user at /api/me/', (name: string) => ['/api/me/', name]],
  ['an admin at /api/user/', () => ['/api/user/1/', 'admin']],
])('the file of the generated password is removed when %s changes it, and the banner points to no file', async (_who, sentBy) => {
  const server = await start();
  const [path, name] = sentBy('admin');
  const login = `${name}:${generatedOf(server)}`;
  const other = { username: 'other', password: 'long enough', role: 'author' };
  expect((await server.send({ method: 'POST', path: '/api/user/', login, body: other })).status).toBe(201);
  await server.send({ method: 'PATCH', path: '/api/user/other/', login, body: { password: 'still long' } });
  await server.send({ method: 'PATCH', path, login, body: { password: 'short' } });
  expect(existsSync(fileOf(server))).toBe(true);
  expect((await server.send({ method: 'PATCH', path, login, body: { password: 'new:password' } })).status).toBe(200);
  expect(existsSync(fileOf(server))).toBe(false);
  const next = await again(server);
  expect(next.said()).not.toContain('admin-password');
  expect(next.said()).toContain('`procreg server passwd NAME` sets a new one. Try:\n  curl -u NAME:PASSWORD ');
  expect(await withPassword(next, 'admin:new:password')).toBe(200);
});

test('the file is removed also when its user was renamed or is removed', async () => {
  const renamed = await start();
  const login = `admin:${generatedOf(renamed)}`;
  await renamed.send({ method: 'PATCH', path: '/api/user/admin/', login, body: { username: 'boss' } });
  await renamed.send({ method: 'PATCH', path: '/api/me/', login: login.replace('admin', 'boss'), body: { password: 'new password' } });
  expect(existsSync(fileOf(renamed))).toBe(false);
  const removed = await start();
  const body = { username: 'boss', password: 'long enough', role: 'admin' };
  await removed.send({ method: 'POST', path: '/api/user/', login: `admin:${generatedOf(removed)}`, body });
  expect((await removed.send({ method: 'DELETE', path: '/api/user/admin/', login: 'boss:long enough' })).status).toBe(204);
  expect(existsSync(fileOf(removed))).toBe(false);
});

test('ADMIN_PASSWORD, also with colons, is the first password, and is said to be ignored where the admin has another', async () => {
  const given = 'pa:ss:wörd';
  const first = await start({ ADMIN_PASSWORD: given });
  expect(await withPassword(first, `admin:${given}`)).toBe(200);
  expect(existsSync(fileOf(first))).toBe(false);
  const same = await again(first, { ADMIN_PASSWORD: given });
  expect(same.said()).toContain('The password of admin is that of ADMIN_PASSWORD.');
  expect(await withPassword(same, shownLogin(same, given))).toBe(200);
  const other = await again(same, { ADMIN_PASSWORD: 'another one' });
  expect(other.said()).toContain('ADMIN_PASSWORD is ignored: admin already exists, with a different password.');
  expect(other.said()).not.toMatch(/\$ADMIN_PASSWORD|another one|\$\(cat/);
  expect([await withPassword(other, 'admin:another one'), await withPassword(other, `admin:${given}`)]).toEqual([401, 200]);
});

test('a short ADMIN_PASSWORD is the first password with a remark, and no other may be set', async () => {
  const server = await start({ ADMIN_PASSWORD: 'secret' });
  expect(server.said()).toContain('ADMIN_PASSWORD has 6 of at least 8 characters (MIN_PASSWORD_LENGTH)');
  expect(await withPassword(server, 'admin:secret')).toBe(200);
  const { status, json } = await server.send({ method: 'PATCH', path: '/api/me/', login: 'admin:secret', body: { password: 'sécrets' } });
  expect([status, json.faults[0].message]).toEqual([400, 'password must have at least 8 characters (MIN_PASSWORD_LENGTH), got 7']);
  const next = await again(server, { ADMIN_PASSWORD: 'secret' });
  expect([next.said().includes('of at least'), await withPassword(next, 'admin:secret')]).toEqual([false, 200]);
});

test('where ADMIN_PASSWORD is ignored and the generated one is still right, the banner says both', async () => {
  const server = await again(await start(), { ADMIN_PASSWORD: 'another one' });
  expect(server.said()).toContain('ADMIN_PASSWORD is ignored');
  expect(await withPassword(server, shownLogin(server))).toBe(200);
});

test('after a restore the banner calls a file outdated that holds the password of another database', async () => {
  const old = await start();
  const oldPassword = generatedOf(old);
  const archive = join(old.dataDir, 'backup.tar.gz');
  expect((await runRole(['backup', archive], { DATA_DIR: old.dataDir })).code).toBe(0);
  const server = await start();
  const newPassword = generatedOf(server);
  await server.stop({ keep: true });
  expect((await runRole(['restore', archive, '--force'], { DATA_DIR: server.dataDir })).code).toBe(0);
  const restored = await again(server);
  expect(restored.said()).toContain('The password in admin-password is outdated: admin has a different one.');
  expect(restored.said()).not.toContain('$(cat');
  expect([await withPassword(restored, `admin:${newPassword}`), await withPassword(restored, `admin:${oldPassword}`)]).toEqual([401, 200]);
});

test('the banner says that the first admin was renamed, disabled or lowered', async () => {
  const server = await start({ ADMIN_PASSWORD: 'long enough' });
  const change = (path: string, body: object, login = 'boss:long enough') => server.send({ method: 'PATCH', path, login, body });
  const boss = { username: 'boss', password: 'long enough', role: 'admin' };
  await server.send({ method: 'POST', path: '/api/user/', login: 'admin:long enough', body: boss });
  await change('/api/user/1/', { disabled: true });
  const disabled = await again(server, { ADMIN_PASSWORD: 'long enough' });
  expect(disabled.said()).toContain('The user admin is disabled.');
  await disabled.send({ method: 'PATCH', path: '/api/user/1/', login: 'boss:long enough', body: { disabled: false, role: 'viewer' } });
  const lowered = await again(disabled);
  expect(lowered.said()).toContain('The user admin has the role viewer.');
  await lowered.send({ method: 'PATCH', path: '/api/user/1/', login: 'boss:long enough', body: { username: 'former' } });
  const renamed = await again(lowered, { ADMIN_PASSWORD: 'long enough' });
  expect(renamed.said()).toContain('The user admin (ADMIN_USERNAME) no longer exists; the admin is boss. ADMIN_PASSWORD is ignored.');
  expect(renamed.said()).not.toContain('$ADMIN_PASSWORD');
});

test.each([
  [{ ADMIN_PASSWORD: 'with\ttab tab' }, 'password must not contain control characters'],
  [{ ADMIN_PASSWORD: 'long enough', ADMIN_USERNAME: 'a:b' }, 'username must be 1 to 150 characters without a colon'],
  [{ MIN_PASSWORD_LENGTH: '0' }, "MIN_PASSWORD_LENGTH must be a whole number from 1 to 999, got '0'"],
])('the first start with %j is refused in one line', async (settings, message) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'procreg-test-'));
  const end = await runRole(['serve'], { DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'warn', ...settings });
  rmSync(dataDir, { recursive: true, force: true });
  expect([end.code, end.stderr.trim().split('\n').length]).toEqual([1, 1]);
  expect(end.stderr).toContain(message);
});
