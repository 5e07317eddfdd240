// What keeps web pages of other origins, and outputs that look like pages, from doing harm.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
const execute = '/api/process_definition/page/execute/';

beforeAll(async () => {
  server = await startServer({ CORS_ORIGINS: 'https://friend.example' });
  const definition = { exec: '/bin/cat', output_adapter: { output_type: 'file', output_parameters: { content_type: 'text/html' } } };
  await server.send({ method: 'PUT', path: '/api/process_definition/page/', body: { definition } });
});

afterAll(async () => {
  await server.stop();
});

describe('writes from a browser', () => {
  test.each([
    ['a page of another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, 403],
    ['a page of a sister site', { 'sec-fetch-site': 'same-site', origin: 'https://sister.example' }, 403],
    ['an old browser that sends only Origin', { origin: 'https://evil.example' }, 403],
    ['an opaque origin', { origin: 'null' }, 403],
    ['a page of this server', { 'sec-fetch-site': 'same-origin' }, 200],
    ['an address that was typed', { 'sec-fetch-site': 'none' }, 200],
    ['an origin of CORS_ORIGINS', { 'sec-fetch-site': 'cross-site', origin: 'https://friend.example' }, 200],
    ['a program', {}, 200],
  ])('%s', async (_who, headers, status) => {
    const answer = await server.send({ method: 'POST', path: execute, headers, body: 'hello' });
    expect(answer.status).toBe(status);
    if (status === 403) expect(answer.json.code).toBe('cross_site');
  });

  test('reading is not refused, but only pages of allowed origins may see the answer', async () => {
    const path = '/api/process_definition/';
    const stranger = await server.send({ path, headers: { origin: 'https://evil.example' } });
    expect([stranger.status, stranger.headers['access-control-allow-origin']]).toEqual([200, undefined]);
    const friend = await server.send({ path, headers: { origin: 'https://friend.example' } });
    expect(friend.headers['access-control-allow-origin']).toBe('https://friend.example');
  });

  test.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])('a page of an allowed origin may send %s', async (method) => {
    const headers = { origin: 'https://friend.example', 'access-control-request-method': method };
    const answer = await server.send({ method: 'OPTIONS', path: '/api/process_definition/page/', headers, login: '' });
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([204, 'https://friend.example']);
    expect(answer.headers['access-control-allow-methods']?.split(', ')).toContain(method);
  });

  test.each(['/api/process_definition/', '/api/process_definition/page/', '/api/process_definition/schema/', '/api/run/', '/about'])(
    'what %s says differs by Origin as well, and all of it may be read',
    async (path) => {
      const { headers } = await server.send({ path, headers: { origin: 'https://friend.example' } });
      expect(headers.vary).toMatch(/\bOrigin\b/);
      if (path.includes('definition')) expect(headers.vary).toMatch(/\bAccept\b/);
      for (const name of ['Run-Id', 'Exit-Code', 'ETag', 'Location', 'Content-Range', 'Content-Disposition', 'Retry-After'])
        expect(headers['access-control-expose-headers']?.split(', ')).toContain(name);
    },
  );

  test('OPTIONS that asks for nothing is answered with Allow, and an unknown address is still unknown', async () => {
    const asked = await server.send({ method: 'OPTIONS', path: '/api/process_definition/page/', login: '' });
    expect([asked.status, asked.headers.allow]).toEqual([200, 'GET,POST,PUT,DELETE,PATCH']);
    expect((await server.send({ path: '/no/such/address' })).status).toBe(404);
    expect((await server.send({ method: 'OPTIONS', path: '/no/such/address' })).status).toBe(404);
  });
});

describe('outputs in a browser', () => {
  test('an output that is a page runs no script and belongs to no origin', async () => {
    const answer = await server.send({ method: 'POST', path: execute, body: '<script>alert(1)</script>' });
    expect(answer.headers).toMatchObject({ 'content-type': 'text/html', 'x-content-type-options': 'nosniff' });
    expect(answer.headers['content-security-policy']).toContain('sandbox');
    const kept = await server.send({ path: `/api/run/${answer.headers['run-id']}/output/` });
    expect(kept.headers['content-security-policy']).toContain('sandbox');
    const log = await server.send({ path: `/api/run/${answer.headers['run-id']}/log/` });
    expect(log.headers['content-type']).toBe('text/plain; charset=utf-8');
  });

  test('no cache stores what a login decides', async () => {
    const { headers } = await server.send({ method: 'POST', path: execute, body: 'x' });
    expect(headers['cache-control']).toBe('no-store');
    const run = `/api/run/${headers['run-id']}/`;
    for (const path of [run, `${run}output/`, `${run}log/`, '/api/run/', '/api/me/', '/api/user/', '/api/stream/none/extra/']) {
      expect([path, (await server.send({ path })).headers['cache-control']]).toEqual([path, expect.stringContaining('no-store')]);
      expect([path, (await server.send({ path, login: '' })).headers['cache-control']]).toEqual([
        path,
        expect.stringContaining('no-store'),
      ]);
    }
  });

  test('nothing may be framed', async () => {
    expect((await server.send({ path: '/health' })).headers['x-frame-options']).toBe('DENY');
  });
});
