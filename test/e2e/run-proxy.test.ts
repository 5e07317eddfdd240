// HTTP and WebSocket through the server to the program of a run: unchanged, streamed, and never as a page of this server.
import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from '../support/http.js';
import { jobServer, openSocket } from '../support/jobs.js';
import { noMessage, serving, webServer } from '../support/proxied.js';
import { running } from '../support/restarts.js';
import { stopped } from '../support/run-files.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let run: string;

beforeAll(async () => {
  server = await startServer({ MAX_MESSAGE_BYTES: '1MiB' });
  run = await serving(server, webServer);
});
afterAll(async () => {
  await server.stop();
});

const get = (path: string, headers: Record<string, string> = {}) => server.send({ path, headers });

/** What of these headers of the program's answer comes back. */
async function answered(set: [string, string][], more = ''): Promise<Answer> {
  return get(`${run}http/headers?set=${encodeURIComponent(JSON.stringify(set))}${more}`);
}

describe('a request', () => {
  test.each(['/a%2F..%2Fb', '/../x', '/a//b/./c/', '/%2e%2e/%2E%2e/x?y=%zz&y=2', '/%00%0d%0aHost:%20x', '/a?', '/a?b?c=/../d'])(
    'reaches the program with its address as it was sent: %s',
    async (path) => {
      expect((await rawGet(`${run}http${path}`)).path).toBe(path);
    },
  );

  test('whose path is not valid percent-encoding is a 400; its query is passed on as it is', async () => {
    expect((await get(`${run}http/x%zz`)).status).toBe(400);
    expect((await get(`${run}http/x?y=%zz`)).status).toBe(200);
  });

  test('tells the program the user and the address of the caller, and nothing of the password', async () => {
    const headers = {
      'x-forwarded-for': '6.6.6.6',
      forwarded: 'for=6.6.6.6',
      'x-forwarded-user': 'root',
      connection: 'x-private, keep-alive',
      'x-private': 'hop',
      te: 'trailers',
      cookie: 'theirs=1',
      'accept-encoding': 'gzip',
      range: 'bytes=0-1',
    };
    const { json } = await get(`${run}http/told`, headers);
    const told = Object.fromEntries(json.headers.map(([name, value]: [string, string]) => [name.toLowerCase(), value]));
    const { host } = new URL(server.url);
    expect(told).toEqual({
      host,
      connection: 'close',
      cookie: 'theirs=1',
      'accept-encoding': 'gzip',
      range: 'bytes=0-1',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': host,
      'x-forwarded-proto': 'http',
      'x-forwarded-prefix': `${run}http`,
    });
    const token = (await server.send({ method: 'POST', path: '/api/token/', body: { name: 'proxy' } })).json.token;
    const credentials: Record<string, string>[] = [{ authorization: `Bearer ${token}` }, { 'x-access-token': token }];
    for (const headers of credentials) {
      const seen = await server.send({ path: `${run}http/told`, headers, login: '' });
      expect(seen.status).toBe(200);
      expect(seen.text).not.toContain(token);
    }
  });

  test('keeps its body, of any length, type and framing, beyond MAX_MESSAGE_BYTES', async () => {
    const body = randomBytes(3 * 2 ** 20);
    const sha256 = createHash('sha256').update(body).digest('hex');
    for (const sent of [body, Readable.from([body.subarray(0, 999), body.subarray(999)])]) {
      expect((await server.send({ method: 'PUT', path: `${run}http/sink`, body: sent })).json).toEqual({ bytes: body.length, sha256 });
    }
    for (const type of ['', 'no type at all', 'application/json']) {
      const { json } = await server.send({ method: 'POST', path: `${run}http/x`, headers: { 'content-type': type }, body: '{' });
      expect([json.body, json.headers.find(([name]: [string]) => name.toLowerCase() === 'content-type')?.[1]]).toEqual(['{', type]);
    }
    for (const method of ['POST', 'DELETE', 'GET'])
      expect((await server.send({ method, path: `${run}http/x` })).json).toMatchObject({ method, body: '' });
  });

  test('without the last slash leads to the address with it, or is taken for it', async () => {
    for (const method of ['GET', 'HEAD']) {
      const { status, headers } = await server.send({ method, path: `${run}http?a=%zz` });
      expect([status, headers.location]).toEqual([308, `${run}http/?a=%zz`]);
    }
    expect((await server.send({ method: 'POST', path: `${run}http` })).text).toBe(
      (await server.send({ method: 'POST', path: `${run}http/` })).text,
    );
    await expect(openSocket(server, `${run}http`)).rejects.toThrow('502');
  });

  test('by HEAD and OPTIONS is answered by the program', async () => {
    const head = await server.send({ method: 'HEAD', path: `${run}http/` });
    expect([head.status, head.headers['content-length'], head.text]).toEqual([200, '18', '']);
    expect((await server.send({ method: 'OPTIONS', path: `${run}http/x` })).json.method).toBe('OPTIONS');
  });
});

describe('an answer', () => {
  test('comes back with its status, headers and encoded body', async () => {
    const { status, headers } = await answered(
      [
        ['X-Own', 'kept'],
        ['Content-Type', 'text/html'],
        ['Cache-Control', 'public, max-age=9'],
      ],
      '&status=418',
    );
    expect([status, headers['x-own'], headers['content-type'], headers['cache-control']]).toEqual([
      418,
      'kept',
      'text/html',
      'private, max-age=9',
    ]);
    const zipped = await get(`${run}http/zipped`);
    expect([zipped.headers['content-encoding'], zipped.bytes[0]]).toEqual(['gzip', 0x1f]);
  });

  test('is never a page of this server: it is sandboxed, and has no headers that would affect the whole origin', async () => {
    const { headers } = await answered([
      ['Content-Security-Policy', "default-src 'self'"],
      ['X-Content-Type-Options', 'sniff'],
      ['X-Frame-Options', 'ALLOWALL'],
      ['Access-Control-Allow-Origin', '*'],
      ['Service-Worker-Allowed', '/'],
      ['Clear-Site-Data', '"*"'],
      ['Strict-Transport-Security', 'max-age=1'],
      ['WWW-Authenticate', 'Basic realm="process-registry"'],
      ['X-Request-Id', 'forged'],
      ['X-Accel-Redirect', '/secret'],
      ['X-Sendfile', '/etc/passwd'],
    ]);
    expect(headers['content-security-policy']).toMatch(/^default-src 'self', sandbox allow-/);
    expect(headers['content-security-policy']).not.toContain('allow-same-origin');
    expect([headers['x-content-type-options'], headers['x-frame-options']]).toEqual(['nosniff', 'DENY']);
    expect(headers['x-request-id']).not.toBe('forged');
    for (const name of [
      'access-control-allow-origin',
      'service-worker-allowed',
      'clear-site-data',
      'strict-transport-security',
      'www-authenticate',
      'x-accel-redirect',
      'x-sendfile',
    ])
      expect([name, headers[name]]).toEqual([name, undefined]);
  });

  test('keeps redirections and cookies below the run', async () => {
    const { host } = new URL(server.url);
    for (const [location, placed] of [
      ['/next?x=/y', `${run}http/next?x=/y`],
      [`http://${host}/next`, `${run}http/next`],
      ['http://localhost:1/next', 'http://localhost:1/next'],
      ['http://elsewhere/next', 'http://elsewhere/next'],
      ['//elsewhere/next', '//elsewhere/next'],
      ['next', 'next'],
      [`${run}http/aware`, `${run}http/aware`],
    ])
      expect((await answered([['Location', location]], '&status=302')).headers.location).toBe(placed);
    const { headers } = await answered([
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2; Path=/; Domain=example.org; HttpOnly'],
      ['Set-Cookie', 'c=3; path=/app; Max-Age=5'],
      ['Set-Cookie', 'd=4; Domain =example.com; Path =/'],
    ]);
    expect(headers['set-cookie']).toEqual([
      `a=1; Path=${run}http/`,
      `b=2; HttpOnly; Path=${run}http/`,
      `c=3; Max-Age=5; Path=${run}http/app`,
      `d=4; Path=${run}http/`,
    ]);
  });

  test('that breaks off is cut, not ended', async () => {
    await expect(get(`${run}http/half`)).rejects.toThrow(/aborted|hang up/);
  });
});

describe('who may use the proxy of a run', () => {
  test('only its owner and admins; for others the run does not exist; a page of another origin may not write', async () => {
    await server.user('runner:pw', 'runner');
    await server.user('viewer:pw', 'viewer');
    expect((await server.send({ path: `${run}http/`, login: 'runner:pw' })).status).toBe(404);
    expect((await server.send({ path: `${run}http/`, login: 'viewer:pw' })).status).toBe(403);
    expect((await server.send({ path: `${run}http/`, login: '' })).status).toBe(401);
    const foreign = { origin: 'http://evil.example', 'sec-fetch-site': 'cross-site' };
    const written = await server.send({ method: 'POST', path: `${run}http/x`, headers: foreign });
    expect([written.status, written.json.code]).toEqual([403, 'cross_site']);
    await expect(openSocket(server, `${run}http/ws_echo`, [], { origin: 'http://evil.example' })).rejects.toThrow('403');
    await expect(openSocket(server, `${run}http/ws_echo`, [], { authorization: '' })).rejects.toThrow('401');
  });

  test('a run without a port is a 409, whatever it listens on', async () => {
    const quiet = await running(server, { exec: 'python3', argv: ['-c', jobServer.toString()], ...noMessage });
    expect((await get(`${quiet}http/`)).json).toMatchObject({ status: 409, code: 'no_port' });
    await stopped(server, quiet);
  });
});

/** The answer to an address that no client library has touched. */
function rawGet(path: string): Promise<{ path: string }> {
  const { hostname, port } = new URL(server.url);
  const login = Buffer.from('admin:secret').toString('base64');
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let said = '';
    socket.on('data', (chunk) => (said += chunk)).once('error', reject);
    socket.once('close', () => resolve(JSON.parse(said.slice(said.indexOf('\r\n\r\n')))));
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic ${login}\r\nConnection: close\r\n\r\n`);
  });
}
