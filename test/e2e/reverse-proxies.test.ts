// Behind nginx and Caddy, as contrib/ configures them: streams, WebSockets, large bodies, a path below the host, TLS.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:https';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { send } from '../support/http.js';
import { begun, defined, shell } from '../support/programs.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';
import { startWebServer, type WebServer, webServers } from '../support/web-servers.js';
import { attach, made } from '../support/web-socket.js';

const base = '/registry';
let server: TestServer;
beforeAll(async () => {
  server = await startServer({ BASE_PATH: base, TRUST_PROXY: 'true', ALLOWED_HOSTS: '127.0.0.1', MAX_MESSAGE_BYTES: '50MiB' });
});
afterAll(() => server.stop());

describe.each(webServers)('behind %s', (name) => {
  let front: WebServer;
  /** The server as callers see it. */
  let there: TestServer;
  beforeAll(async () => {
    front = await startWebServer(name, new URL(server.url).host);
    there = { ...server, url: front.url, send: (sent) => send(front.url, { login: adminLogin, ca: front.ca, ...sent }) };
  });
  afterAll(() => front?.stop());

  const open = (method: string, path: string) => request(front.url, { method, path, auth: adminLogin, ca: front.ca, agent: false });

  test('addresses are below the path, and lead there', async () => {
    const body = { definition: { exec: '/usr/bin/tr', argv: ['-d', 'x'] } };
    const { status, headers } = await there.send({ method: 'POST', path: `${base}/api/process_definition/`, body });
    expect([status, headers.location]).toEqual([201, expect.stringMatching(new RegExp(`${base}/api/process_definition/\\d+/$`))]);
    const path = new URL(headers.location as string, front.url).pathname;
    expect((await there.send({ method: 'POST', path: `${path}execute/`, body: 'axbxc' })).text).toBe('abc');
    expect((await there.send({ path: `${base}/docs` })).text).toContain('swagger-ui');
    const odd = await there.send({ path: `${base}/api/process_definition/a%2Fb/` });
    expect([odd.status, odd.json.error]).toEqual([404, "there is no definition 'a/b'"]);
  });

  test('an output comes as it is written, while the message is still being sent', async () => {
    const asked = open('POST', `${await defined(server, { exec: '/bin/cat' })}execute/?stream=1`);
    asked.write('x'.repeat(100_000));
    const [answer] = await once(asked, 'response', { signal: AbortSignal.timeout(10_000) });
    const [first] = await once(answer, 'data', { signal: AbortSignal.timeout(10_000) });
    expect(first.length).toBeGreaterThan(0);
    let bytes = first.length;
    answer.on('data', (chunk: Buffer) => (bytes += chunk.length));
    asked.end('y');
    await once(answer, 'end');
    expect(bytes).toBe(100_001);
  });

  test('a followed log and its events come at once', async () => {
    const path = await begun(server, shell('echo one; sleep 30'));
    for (const [query, accept, text] of [
      ['?follow=1', 'text/plain', 'one\n'],
      ['?follow=1', 'text/event-stream', 'data: one'],
    ]) {
      const asked = open('GET', `${path}log/${query}`).setHeader('accept', accept);
      asked.end();
      const [answer] = await once(asked, 'response', { signal: AbortSignal.timeout(10_000) });
      let said = '';
      answer.on('data', (chunk: Buffer) => (said += chunk)).on('error', () => {});
      await expect.poll(() => said, { timeout: 10_000 }).toContain(text);
      asked.destroy();
    }
    await server.send({ method: 'POST', path: `${path}stop/` });
  });

  test('a WebSocket is joined, also for a page of the same origin', async () => {
    const path = await made(server, shell('read line; echo "got $line"', { interactive: true }));
    const run = await attach(there, path, { ca: front.ca, headers: { origin: front.url } });
    run.type('one\n');
    expect(await run.closed).toMatchObject({ code: 1000 });
    expect(run.stdout()).toBe('got one\n');
  });

  test('a body of 40 MB arrives, and one that is too large is refused by the server', async () => {
    const path = `${await defined(server, shell('wc -c'))}execute/`;
    const body = Buffer.alloc(40_000_000);
    expect((await there.send({ method: 'POST', path, body })).text.trim()).toBe(String(body.length));
    const refused = await there.send({ method: 'POST', path, body: Buffer.alloc(51 * 2 ** 20) });
    expect([refused.status, refused.json.code]).toEqual([413, 'message_too_large']);
  });

  test('the address of a caller cannot be claimed: wrong passwords are counted, and /metrics stays closed', async () => {
    const statuses = [];
    for (let n = 0; n < 11; n++) {
      const headers = { 'x-forwarded-for': `10.0.0.${n}` };
      statuses.push((await there.send({ path: `${base}/api/me/`, login: `${name}:wrong`, headers })).status);
    }
    expect(statuses).toEqual([...Array(10).fill(401), 429]);
    expect((await there.send({ path: `${base}/metrics`, login: '', headers: { 'x-forwarded-for': '127.0.0.1' } })).status).toBe(401);
  });

  test('HTTP/2 works', async () => {
    const path = `${await defined(server, { exec: '/bin/cat' })}execute/`;
    const words = ['-ksS', '--http2', '-u', adminLogin, '--data-binary', 'hello', '-w', ' %{http_version}', front.url + path];
    expect((await promisify(execFile)('curl', words)).stdout).toBe('hello 2');
  });
});
