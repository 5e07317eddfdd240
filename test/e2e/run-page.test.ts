// A program's own page in a browser: at an address that needs no login, without an origin, for one run, until the credentials behind it end.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSocket } from '../support/jobs.js';
import { shell } from '../support/programs.js';
import { noMessage, serving, webServer } from '../support/proxied.js';
import { running } from '../support/restarts.js';
import { stopped } from '../support/run-files.js';
import { startServer, type TestServer } from '../support/server.js';
import { type SessionHeaders, signIn } from '../support/sessions.js';

let server: TestServer;
let run: string;
let session: SessionHeaders;
let url: string;
beforeAll(async () => {
  server = await startServer({ CORS_ORIGINS: 'https://friend.example', LOG_LEVEL: 'trace', LOG_FORMAT: 'json' });
  run = await serving(server, webServer);
  session = await signIn(server, 'admin:secret');
  url = await pageOf(run, session);
});
afterAll(() => server.stop());

const askPage = (path: string, headers: Record<string, string> = {}, login = '') =>
  server.send({ method: 'POST', path: `${path}page/`, headers, login });

async function pageOf(path: string, headers: SessionHeaders): Promise<string> {
  const { status, json, text } = await askPage(path, headers);
  expect(status, text).toBe(200);
  return json.url;
}

const plain = (path: string, more: object = {}) => server.send({ path, login: '', ...more });
/** As scripts of a page without an origin send it. */
const opaque = { origin: 'null', 'sec-fetch-site': 'cross-site' };
const evil = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };

describe('the page of a program', () => {
  test('needs no login, runs without an origin, and only pages of this server may frame it', async () => {
    expect(url).toMatch(/^\/run-page\/pt_[\w-]{43}\/$/);
    const { status, text, headers } = await plain(url);
    expect([status, text]).toEqual([200, (await server.send({ path: `${run}http/` })).text]);
    const policies = String(headers['content-security-policy']).split(', ');
    expect(policies).toEqual(["frame-ancestors 'self'", expect.stringMatching(/^sandbox allow-.*allow-scripts$/)]);
    for (const flag of ['allow-same-origin', 'allow-top-navigation', 'allow-popups-to-escape-sandbox'])
      expect(policies[1]).not.toContain(flag);
    expect(headers).toMatchObject({ 'referrer-policy': 'no-referrer', 'cache-control': expect.stringContaining('no-store') });
    expect([headers['x-frame-options'], headers['access-control-allow-origin']]).toEqual([undefined, undefined]);
    const led = await plain(`${url.slice(0, -1)}?a=1`);
    expect([led.status, led.headers.location]).toEqual([308, `${url}?a=1`]);
    const set = encodeURIComponent(JSON.stringify(Object.entries({ Location: '/next', 'Set-Cookie': 'a=1', 'Cache-Control': 'public' })));
    const moved = await plain(`${url}headers?status=302&set=${set}`);
    expect(moved.headers).toMatchObject({ location: `${url}next`, 'set-cookie': [`a=1; Path=${url}`] });
    expect(moved.headers['cache-control']).toContain('no-store');
  });

  test('may speak with its program, and only with it, although it has no origin', async () => {
    const read = await plain(`${url}told`, { headers: opaque });
    expect([read.status, read.headers['access-control-allow-origin']]).toEqual([200, 'null']);
    const written = await plain(`${url}x`, { method: 'POST', headers: opaque, body: 'hello' });
    expect([written.status, written.json.body, written.headers['access-control-allow-origin']]).toEqual([200, 'hello', 'null']);
    const wanted = { 'access-control-request-method': 'PUT', 'access-control-request-headers': 'content-type, x-own' };
    const asked = await plain(`${url}x`, { method: 'OPTIONS', headers: { ...opaque, ...wanted } });
    expect([asked.status, asked.headers]).toMatchObject([
      204,
      {
        'access-control-allow-origin': 'null',
        'access-control-allow-methods': 'PUT',
        'access-control-allow-headers': 'content-type, x-own',
      },
    ]);
    const { socket, heard } = await openSocket(server, `${url}ws_echo`, [], { authorization: '', origin: 'null' });
    socket.send('said');
    socket.close();
    expect(await heard).toEqual(['said']);
  });

  test('is the only place that takes a page without an origin, and takes no other page', async () => {
    for (const path of [`${run}http/x`, '/api/token/', `${run}stop/`]) {
      const answer = await server.send({ method: 'POST', path, headers: opaque, body: '' });
      expect([path, answer.json.code, answer.headers['access-control-allow-origin']]).toEqual([path, 'cross_site', undefined]);
    }
    await expect(openSocket(server, `${run}http/ws_echo`, [], { origin: 'null' })).rejects.toThrow('403');
    expect((await plain(`${url}x`, { method: 'POST', headers: evil })).json.code).toBe('cross_site');
    expect((await plain(url, { headers: evil })).headers['access-control-allow-origin']).toBeUndefined();
    await expect(openSocket(server, `${url}ws_echo`, [], { authorization: '', origin: evil.origin })).rejects.toThrow('403');
  });

  test('gives scripts to itself, and none to the pages of this server', async () => {
    const of = async (site: string, use: string) =>
      (await plain(`${url}x.js`, { headers: { 'sec-fetch-site': site, 'sec-fetch-dest': use } })).status;
    for (const use of ['script', 'style', 'worker', 'sharedworker', 'serviceworker'])
      expect([use, await of('cross-site', use), await of('same-origin', use)]).toEqual([use, 200, 403]);
    const path = `${run}http/x.js`;
    const proxied = await server.send({ path, headers: { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'script' } });
    expect(proxied.json.code).toBe('forbidden');
    for (const use of ['iframe', 'image', 'empty']) expect([use, await of('same-origin', use)]).toEqual([use, 200]);
  });

  test.each(['page', 'http'])('tells the program nothing of the session, and all else that was sent (%s)', async (way) => {
    const headers = { ...session, cookie: `theirs=1; ${session.cookie}; __Host-procreg_session_443=x; more="2"`, 'x-own': 'kept' };
    const prefix = way === 'page' ? url.slice(0, -1) : `${run}http`;
    const { json, text } = await plain(`${prefix}/told`, { headers });
    const told = Object.fromEntries(json.headers.map(([name, value]: [string, string]) => [name.toLowerCase(), value]));
    expect(told).toMatchObject({ cookie: 'theirs=1; more="2"', 'x-own': 'kept', 'x-forwarded-prefix': prefix });
    for (const secret of [session.cookie.split('=')[1], session['x-session-key'], 'x-session-key']) expect(text).not.toContain(secret);
    const { text: bare } = await plain(`${prefix}/told`, { headers: session });
    expect(bare.toLowerCase()).not.toContain('cookie');
  });

  test('is no key to anything else', async () => {
    const ticket = url.split('/')[2];
    const wrong = [
      ...[`${url.slice(0, -2)}/`, '/run-page/x/', '/run-page/', `/api/me/?-ticket=${ticket}`, `${run}log/?-ticket=${ticket}`],
      `/run%2Dpage/${ticket}x/`,
    ];
    for (const path of wrong) expect([path, (await plain(path)).status]).toEqual([path, 401]);
    expect((await plain('/run-page/x/')).headers['www-authenticate']).toBeUndefined();
    expect((await server.send({ path: '/run-page/x/' })).status).toBe(401);
    const { json } = await server.send({ method: 'POST', path: '/api/ticket/', body: { path: `${run}log/` } });
    expect((await plain(`/run-page/${json.ticket}/`)).status).toBe(401);
    expect((await plain(`${url}../../api/me/`)).json).toMatchObject({ path: '/../../api/me/' });
    expect((await plain(`/run%2Dpage/${ticket}/`)).status).toBe(404);
  });

  test('is given to those who may use the proxy of the run, while its program listens', async () => {
    await server.user('runner:pw', 'runner');
    await server.user('viewer:pw', 'viewer');
    expect((await askPage(run, {}, 'runner:pw')).status).toBe(404);
    expect((await askPage(run, {}, 'viewer:pw')).status).toBe(403);
    const quiet = await running(server, shell('sleep 60', noMessage));
    const late = await running(server, shell('echo ${port}; sleep 60', noMessage));
    const of = async (path: string) => (await askPage(path, {}, 'admin:secret')).json.code;
    expect([await of(quiet), await of(late)]).toEqual(['no_port', 'port_not_ready']);
  });

  test('ends with the session, its WebSockets too, and with the run', async () => {
    const other = await signIn(server, 'admin:secret');
    const brief = await serving(server, webServer);
    const [page, stays] = [await pageOf(brief, other), await pageOf(brief, session)];
    const { heard } = await openSocket(server, `${page}ws_echo`, [], { authorization: '', origin: 'null' });
    await plain('/api/session/', { method: 'DELETE', headers: other });
    await heard;
    expect([(await plain(page)).status, (await plain(stays)).status]).toEqual([401, 200]);
    await stopped(server, brief);
    expect((await plain(stays)).json.code).toBe('port_gone');
  });

  test('has its address in no log', async () => {
    await expect.poll(() => server.said()).toContain('"path":"/run-page/pt_***/told"');
    expect(server.said()).toContain('"path":"/run-page/pt_***/ws_echo"');
    for (const secret of [url.split('/')[2], session.cookie.split('=')[1], session['x-session-key']])
      expect(server.said()).not.toContain(secret);
  });
});
