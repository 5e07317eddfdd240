// Sessions of browsers: a cookie and a key, neither of which counts without the other, and what ends them.
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectUnauthenticated, newUser, uriOf } from '../support/accounts.js';
import { newDatabase } from '../support/databases.js';
import { send } from '../support/http.js';
import { servedRoutes } from '../support/owned.js';
import { shell } from '../support/programs.js';
import { running, until } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';
import { cookieOf, postSession, type SessionHeaders, signIn, whoIs } from '../support/sessions.js';

let server: TestServer;
let run: string;
/** Of the admin. */
let session: SessionHeaders;
beforeAll(async () => {
  server = await startServer({ TRUST_PROXY: 'true', LOG_LEVEL: 'trace', LOG_FORMAT: 'json' });
  run = await running(server, shell('while :; do echo tick; sleep 0.2; done', { timeout: 60 }));
  session = await signIn(server, 'admin:secret');
});
afterAll(() => server.stop());

const me = '/api/me/';
const portOf = ({ url }: TestServer) => new URL(url).port;
const rowsIn = ({ dataDir }: TestServer) => new Database(join(dataDir, 'registry.sqlite'));

/** Resolves when the log of the run, which is followed with these headers, is cut. */
async function followed(at: TestServer, path: string, headers: SessionHeaders): Promise<{ over: Promise<unknown> }> {
  const answer = await fetch(`${at.url}${path}log/?follow=1`, { headers });
  expect(answer.status).toBe(200);
  const reader = answer.body!.getReader();
  await reader.read();
  const drain = async () => {
    while (!(await reader.read()).done);
  };
  return { over: drain().catch(() => 'cut') };
}

describe('a session', () => {
  test('stands for its user with cookie and key together, and is shown', async () => {
    const name = await newUser(server, 'author');
    const answer = await postSession(server, `${name}:pw`);
    expect(answer.json).toMatchObject({ user: { username: name, role: 'author' }, key: expect.stringMatching(/^[\w-]{43}$/) });
    expect(answer.headers['cache-control']).toContain('no-store');
    expect(answer.headers['set-cookie']).toEqual([
      expect.stringMatching(
        new RegExp(`^procreg_session_${portOf(server)}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${30 * 86_400}$`),
      ),
    ]);
    const headers = { cookie: cookieOf(answer), 'x-session-key': answer.json.key };
    expect(await whoIs(server, headers)).toBe(name);
    const { json } = await server.send({ path: '/api/session/', headers, login: '' });
    expect(json).toEqual({ user: answer.json.user, expires_at: expect.any(String) });
    expect(Math.abs(Date.parse(json.expires_at) - Date.now() - 12 * 3_600_000)).toBeLessThan(60_000);
  });

  test('counts for nothing without its key, without its cookie, and with those of another session', async () => {
    const { cookie, 'x-session-key': key } = session;
    const other = await signIn(server, 'admin:secret');
    const value = cookie.split('=')[1];
    const wrong: Record<string, string>[] = [
      { cookie },
      { 'x-session-key': key },
      { cookie, 'x-session-key': '' },
      { cookie, 'x-session-key': value },
      { cookie: other.cookie, 'x-session-key': key },
      { cookie: `procreg_session_1=${value}`, 'x-session-key': key },
      { cookie, authorization: `Bearer ${key}` },
      { cookie, 'x-access-token': key },
    ];
    for (const headers of wrong) expect([headers, await whoIs(server, headers)]).toEqual([headers, 401]);
    const tossed = Array.from({ length: 5 }, (_none, index) => `procreg_session_${portOf(server)}=planted${index}`).join('; ');
    expect(await whoIs(server, { cookie: `${tossed}; ${cookie}; theirs=1`, 'x-session-key': key })).toBe('admin');
  });

  test('goes before a password that the browser adds by itself', async () => {
    const headers = await signIn(server, `${await newUser(server, 'viewer')}:pw`);
    const basic = { authorization: `Basic ${Buffer.from('admin:secret').toString('base64')}` };
    expect(await whoIs(server, { ...headers, ...basic })).toMatch(/^viewer/);
    expect(await whoIs(server, { ...headers, ...basic, 'x-session-key': 'x'.repeat(43) })).toBe(401);
    expect((await server.send({ path: '/api/session/', headers: { ...basic, 'x-session-key': '' } })).json.code).toBe('not_found');
  });

  test('has a cookie that is bound to its host over TLS', async () => {
    const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'runs.example' };
    const answer = await postSession(server, 'admin:secret', headers);
    expect(answer.headers['set-cookie']?.[0]).toMatch(/^__Host-procreg_session_443=.*; Path=\/; HttpOnly; SameSite=Lax; .*; Secure$/);
    const session = { cookie: cookieOf(answer), 'x-session-key': answer.json.key };
    expect(await whoIs(server, { ...headers, ...session })).toBe('admin');
    expect(await whoIs(server, session)).toBe(401);
  });

  test('is kept as digests, and its use is not written each time', async () => {
    const { cookie, 'x-session-key': key } = session;
    for (let uses = 0; uses < 3; uses++) await whoIs(server, session);
    const rows = rowsIn(server);
    const last = rows.prepare('SELECT * FROM user_session ORDER BY id').get() as { used_at: number; created_at: number };
    expect(last.used_at).toBe(last.created_at);
    for (const secret of [cookie.split('=')[1], key]) {
      expect(JSON.stringify(rows.prepare('SELECT * FROM user_session').all())).not.toContain(secret);
      expect(server.said()).not.toContain(secret);
    }
    rows.close();
  });

  test('is one of 32 of its user at most: the oldest ends', async () => {
    const name = await newUser(server, 'viewer');
    const first = await signIn(server, `${name}:pw`);
    const rows = rowsIn(server);
    const { user_id } = rows.prepare('SELECT user_id FROM user_session ORDER BY id DESC').get() as { user_id: number };
    const insert = rows.prepare(
      'INSERT INTO user_session (user_id, key_digest, cookie_digest, created_at, used_at) VALUES (?, ?, ?, ?, ?)',
    );
    for (let more = 1; more < 32; more++) insert.run(user_id, `digest ${more}`, 'digest', Date.now(), Date.now());
    expect(await whoIs(server, first)).toBe(name);
    const last = await signIn(server, `${name}:pw`);
    expect([await whoIs(server, first), await whoIs(server, last)]).toEqual([401, name]);
    expect(rows.prepare('SELECT COUNT(*) AS n FROM user_session WHERE user_id = ?').get(user_id)).toEqual({ n: 32 });
    rows.close();
  });
});

describe('a browser', () => {
  test('gives every port of the host its cookie, with which a server there cannot make one authenticated request', async () => {
    const { cookie } = session;
    const received = await new Promise<IncomingHttpHeaders>((resolve) => {
      const thief = createServer(({ headers }, answer) => {
        answer.end();
        thief.close();
        resolve(headers);
      }).listen(0, '127.0.0.1', () =>
        send(`http://127.0.0.1:${(thief.address() as AddressInfo).port}`, { path: '/', headers: { cookie } }),
      );
    });
    const headers = { cookie: String(received.cookie) };
    const { paths } = (await server.send({ path: '/docs-json', login: '' })).json;
    const isPublic = (path: string, method: string) =>
      paths[path][method.replace('HEAD', 'GET').toLowerCase()].security?.length === 0 || path === '/metrics';
    const closed = (await servedRoutes(server)).filter(({ path, method }) => !isPublic(path, method));
    expect(closed.length).toBeGreaterThan(100);
    for (const { name, method, path } of closed) {
      const { status } = await server.send({ method, path: path.replaceAll(/\{\w+\}/g, 'x'), headers, login: '' });
      expect([name, status]).toEqual([name, 401]);
    }
  });

  test('is not asked for a password where the header is, even empty', async () => {
    expectUnauthenticated(await server.send({ path: me, login: '' }));
    expectUnauthenticated(await postSession(server, 'admin:wrong'));
    for (const key of ['', 'wrong']) {
      const headers = { 'x-session-key': key };
      for (const answer of [await server.send({ path: me, login: '', headers }), await postSession(server, 'admin:wrong', headers)])
        expect([answer.status, answer.headers['www-authenticate'], answer.json.code]).toEqual([401, undefined, 'unauthenticated']);
    }
  });

  test('cannot be made to sign in, nor to write, by a page of another site', async () => {
    const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    expect((await postSession(server, 'admin:secret', foreign)).json.code).toBe('cross_site');
    const written = await server.send({ method: 'POST', path: '/api/token/', headers: { ...session, ...foreign }, login: '', body: {} });
    expect(written.json.code).toBe('cross_site');
  });

  test('that tries wrong passwords is held up as by Basic', async () => {
    const name = await newUser(server, 'viewer');
    for (let tries = 0; tries < 10; tries++) expect((await postSession(server, `${name}:wrong`)).status).toBe(401);
    expect((await postSession(server, `${name}:pw`)).json.code).toBe('too_many_attempts');
    expect((await server.send({ path: me, login: `${name}:pw` })).status).toBe(429);
  });
});

describe('a session and what is open with it end', () => {
  const patch = async (name: string, body: object) =>
    expect((await server.send({ method: 'PATCH', path: await uriOf(server, name), body })).status).toBe(200);
  const own = async (method: string, path: string, headers: SessionHeaders, body?: object) =>
    (await server.send({ method, path, headers, body, login: '' })).status;

  test.each<[string, (name: string, headers: SessionHeaders) => Promise<unknown>]>([
    ['by DELETE', async (_name, headers) => expect(await own('DELETE', '/api/session/', headers)).toBe(204)],
    ['when the user sets a password', async (_name, headers) => expect(await own('PATCH', me, headers, { password: 'new' })).toBe(200)],
    ['when an admin sets a password', (name) => patch(name, { password: 'new' })],
    ['with another name', (name) => patch(name, { username: `${name}-new` })],
    [
      'when the user is disabled, also for later',
      async (name) => {
        await patch(name, { disabled: true });
        await patch(name, { disabled: false });
      },
    ],
    ['with the user', async (name) => server.send({ method: 'DELETE', path: await uriOf(server, name) })],
  ])('%s', async (_how, end) => {
    const name = await newUser(server, 'admin');
    const headers = await signIn(server, `${name}:pw`);
    const { over } = await followed(server, run, headers);
    await end(name, headers);
    expect(await Promise.race([over.then(() => 'over'), sleep(5000, 'open')])).toBe('over');
    expect(await whoIs(server, headers)).toBe(401);
  });

  test('but only what is open when the user gets a lower role', async () => {
    const name = await newUser(server, 'admin');
    const headers = await signIn(server, `${name}:pw`);
    const { over } = await followed(server, run, headers);
    await patch(name, { role: 'viewer' });
    await over;
    expect([await whoIs(server, headers), await own('GET', '/api/user/', headers)]).toEqual([name, 403]);
  });
});

test('a session ends a while after its last use, and after its longest time however it is used, with its streams', async () => {
  const settings = { ...(await newDatabase('MariaDB')), SESSION_IDLE: '1500ms', SESSION_MAX: '3s', BASE_PATH: '/base' };
  const brief = await startServer(settings);
  const at = (path: string, headers: Record<string, string>) => brief.send({ path: `/base${path}`, headers, login: '' });
  const signedIn = async () => {
    const answer = await brief.send({ method: 'POST', path: '/base/api/session/', body: { username: 'admin', password: 'secret' } });
    expect(answer.headers['set-cookie']?.[0]).toContain('; Path=/base; ');
    return { cookie: cookieOf(answer), 'x-session-key': answer.json.key };
  };
  const path = await running(brief, shell('while :; do echo tick; sleep 0.2; done', { timeout: 30 }));
  const beganMs = Date.now();
  const [idle, used] = [await signedIn(), await signedIn()];
  const { over } = await followed(brief, path, used);
  let usedMs = 0;
  await until(
    async () => {
      const { status } = await at(me, used);
      if (status === 200) usedMs = Date.now();
      if (Date.now() - beganMs < 2000) expect(status).toBe(200);
      return status;
    },
    (status) => status === 401,
  );
  expect(usedMs - beganMs).toBeGreaterThan(2000);
  expect((await at(me, idle)).status).toBe(401);
  await over;
  expect(Date.now() - beganMs).toBeLessThan(10_000);
  await brief.stop();
});
