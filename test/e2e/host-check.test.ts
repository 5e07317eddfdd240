// Which host names a server accepts: with others a web page of another origin could reach it (DNS rebinding).

import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer, type TestServer } from '../support/server.js';

const ask = async (server: TestServer, headers: Record<string, string>, path = '/about') => {
  const { status, text } = await server.send({ path, headers });
  return [status, /"code":"(\w+)"/.exec(text)?.[1]];
};

const wrong = [421, 'wrong_host'];
const right = [200, undefined];

describe('on loopback', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());

  test.each(['localhost', 'LOCALHOST:1', 'localhost.', 'a.localhost:80', '127.0.0.1', '127.1.2.3:8000', '[::1]', '[::1]:8000'])(
    'the host %s is accepted',
    async (host) => {
      expect(await ask(server, { host })).toEqual(right);
    },
  );

  test.each([
    'evil.example',
    'evil.example:8000',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '10.0.0.1',
    '[fe80::1]',
    'notlocalhost',
  ])('the host %s is refused', async (host) => {
    expect(await ask(server, { host })).toEqual(wrong);
    expect(await ask(server, { host }, '/metrics')).toEqual(wrong);
    expect(await ask(server, { host }, '/no/such/address')).toEqual(wrong);
    expect((await server.send({ path: '/health', headers: { host } })).status).toBe(200);
    expect((await server.send({ path: '/health/ready', headers: { host } })).status).toBe(200);
  });

  test.each(['localhost:1"x', 'localhost:x', 'localhost:80@evil.example', 'localhost/x', '[::1', 'local host', 'localhost, evil.example'])(
    'the host %s, which is no host, is refused as such everywhere',
    async (host) => {
      for (const path of ['/about', '/health', '/no/such/address'])
        expect(await ask(server, { host }, path)).toEqual([400, 'invalid_request']);
    },
  );

  test('without TRUST_PROXY a forwarded name does not make a wrong Host acceptable', async () => {
    expect(await ask(server, { host: 'evil.example', 'x-forwarded-host': 'localhost' })).toEqual(wrong);
    expect(await ask(server, { host: 'localhost', 'x-forwarded-host': 'evil.example' })).toEqual(right);
  });

  test('a WebSocket request passes the same check', async () => {
    expect(await ask(server, { host: 'evil.example', connection: 'upgrade', upgrade: 'websocket' })).toEqual(wrong);
  });

  async function said(request: string): Promise<string> {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => (text += chunk));
    socket.write(request);
    await new Promise((resolve) => socket.once('close', resolve));
    return text;
  }

  test('a request of HTTP/1.0 may lack a Host', async () => {
    expect(await said('GET /about HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /);
  });

  test.each(['evil.example', 'localhost'])('a second Host, %s, is refused', async (second) => {
    const lines = [`Host: localhost`, `HOST: ${second}`, 'Connection: close'];
    for (const path of ['/about', '/health', '/no/such/address']) {
      const answer = await said(`GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      expect([answer.slice(0, 13), answer.includes('a request must have one header Host, got 2')]).toEqual(['HTTP/1.1 400 ', true]);
    }
  });
});

describe('ALLOWED_HOSTS', () => {
  test('lists all names that are accepted', async () => {
    const server = await startServer({ ALLOWED_HOSTS: 'Tools.example, *.intra.example,[fd00::1]' });
    for (const host of ['tools.example', 'tools.example:443', 'a.intra.example', 'a.b.intra.example', '[fd00::1]:80'])
      expect(await ask(server, { host })).toEqual(right);
    for (const host of ['localhost', 'intra.example', 'xintra.example', 'tools.example.evil.example'])
      expect(await ask(server, { host })).toEqual(wrong);
    await server.stop();
  });

  test('* accepts every name', async () => {
    const server = await startServer({ ALLOWED_HOSTS: '*' });
    expect(await ask(server, { host: 'any.example' })).toEqual(right);
    await server.stop();
  });

  test('with TRUST_PROXY applies to the name that the proxy was asked for', async () => {
    const server = await startServer({ TRUST_PROXY: 'true', ALLOWED_HOSTS: 'tools.example' });
    expect(await ask(server, { host: '127.0.0.1', 'x-forwarded-host': 'tools.example' })).toEqual(right);
    expect(await ask(server, { host: 'tools.example', 'x-forwarded-host': 'evil.example' })).toEqual(wrong);
    await server.stop();
  });
});

test('with TRUST_PROXY on loopback every forwarded name is accepted', async () => {
  const server = await startServer({ TRUST_PROXY: 'true' });
  expect(await ask(server, { host: '127.0.0.1', 'x-forwarded-host': 'tools.example' })).toEqual(right);
  expect(await ask(server, { host: '127.0.0.1', 'x-forwarded-host': 'tools.example"x' })).toEqual([400, 'invalid_request']);
  expect(await ask(server, { host: 'evil.example' })).toEqual(wrong);
  await server.stop();
});

test('elsewhere than on loopback every name is accepted by default', async () => {
  const server = await startServer({ HOST: '0.0.0.0' });
  expect(await ask(server, { host: 'any.example' })).toEqual(right);
  await server.stop();
});
