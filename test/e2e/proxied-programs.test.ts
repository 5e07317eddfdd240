// Programs that are reached through the server's proxy: which ones and when, WebSockets, and large bodies.
import { randomBytes } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bodyBytes } from '../support/body-bytes.js';
import { jobServer, openSocket } from '../support/jobs.js';
import { shell } from '../support/programs.js';
import { noMessage, serving, webServer } from '../support/proxied.js';
import { crash, next, running } from '../support/restarts.js';
import { ended, stopped } from '../support/run-files.js';
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

describe('a program', () => {
  test('that does not listen yet is a 503 with Retry-After, and one that has ended a 502', async () => {
    const late = await running(
      server,
      shell(`until [ -e go ]; do sleep 0.05; done; exec python3 -c "$SERVER" \${port}`, {
        environment: { SERVER: jobServer.toString() },
        ...noMessage,
      }),
    );
    const early = await get(`${late}http/`);
    expect([early.status, early.json.code, early.headers['retry-after']]).toEqual([503, 'port_not_ready', '1']);
    await server.send({ method: 'PUT', path: `${late}files/go`, headers: { 'content-type': 'text/plain' }, body: '' });
    await expect.poll(async () => (await get(`${late}http/`)).status, { timeout: 10_000 }).toBe(200);
    await stopped(server, late);
    expect((await get(`${late}http/`)).json).toMatchObject({ status: 502, code: 'port_gone' });
  });

  test('that has closed its port is a 502, and so is another program that has taken it', async () => {
    const closing = await serving(server, { exec: 'python3', argv: ['-c', jobServer.toString(), '${port}'], ...noMessage });
    const { port } = (await get(`${closing}http/told`)).json;
    await get(`${closing}http/close_port`);
    await expect.poll(async () => (await get(`${closing}http/`)).status, { timeout: 10_000 }).toBe(502);
    const thief = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')).listen(port, '127.0.0.1');
    await new Promise((resolve) => thief.once('listening', resolve));
    const stolen = await get(`${closing}http/`);
    expect([stolen.status, stolen.json.detail]).toEqual([502, expect.stringContaining('another program')]);
    thief.close();
    await stopped(server, closing);
  });

  test('that ends in the middle of a request is a 502', async () => {
    const dying = await serving(
      server,
      shell('python3 -c "$SERVER" ${port} & wait', { environment: { SERVER: jobServer.toString() }, ...noMessage }),
    );
    const body = new Readable({ read() {} });
    body.push('x');
    const answer = server.send({ method: 'POST', path: `${dying}http/sink`, body });
    await expect.poll(async () => (await get(`${dying}http/`)).status).toBe(200);
    await stopped(server, dying);
    // the answer waits for the rest of the body
    body.push(null);
    expect((await answer).status).toBe(502);
    expect((await ended(server, dying)).state).toBe('finished');
  });

  test('is reached again after kill -9 of the server and its restart', async () => {
    const first = await startServer();
    const path = await running(first, webServer);
    await expect.poll(async () => (await first.send({ path: `${path}http/` })).status, { timeout: 10_000 }).toBe(200);
    await crash(first);
    const second = await next(first);
    await expect.poll(async () => (await second.send({ path: `${path}http/` })).text, { timeout: 10_000 }).toBe('hello from the job');
    await stopped(second, path);
    await second.stop();
  });
});

describe('WebSocket', () => {
  test('passes on text and binary, their order and the subprotocol, but no cookies', async () => {
    const { socket, heard } = await openSocket(server, `${run}http/ws_echo`, ['one', 'two']);
    expect(socket.protocol).toBe('one');
    const sent = Array.from({ length: 100 }, (_one, index) => (index % 2 ? randomBytes(index * 700) : `text ${index}`));
    for (const message of sent) socket.send(message);
    socket.close();
    expect(await heard).toEqual(sent);
  });

  test('100 pushed messages arrive in order, the close code too', async () => {
    const { socket, heard } = await openSocket(server, `${run}http/ws_push?n=100`);
    const code = new Promise((resolve) => socket.once('close', resolve));
    expect((await heard).map(String)).toEqual(Array.from({ length: 100 }, (_one, index) => `message ${index}`));
    expect(await code).toBe(1000);
  });

  test('ends with the run, and with the server', async () => {
    const brief = await serving(server, webServer);
    const { heard } = await openSocket(server, `${brief}http/ws_echo`);
    await stopped(server, brief);
    await heard;
    const other = await startServer();
    const path = await running(other, webServer);
    await expect.poll(async () => (await other.send({ path: `${path}http/` })).status, { timeout: 10_000 }).toBe(200);
    const line = await openSocket(other, `${path}http/ws_echo`);
    other.process.kill('SIGINT');
    const code = new Promise((resolve) => other.process.once('exit', resolve));
    await line.heard;
    expect(await code).toBe(0);
    await other.stop();
  });

  test('passes on no header in its 101 that would affect the whole origin', async () => {
    const wide = [
      ['Strict-Transport-Security', 'max-age=1'],
      ['Clear-Site-Data', '"*"'],
      ['Access-Control-Allow-Origin', '*'],
      ['WWW-Authenticate', 'Basic realm="x"'],
      ['X-Own', 'kept'],
    ];
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    const login = `Authorization: Basic ${Buffer.from('admin:secret').toString('base64')}`;
    const handshake =
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==';
    socket.write(
      `GET ${run}http/ws_echo?set=${encodeURIComponent(JSON.stringify(wide))} HTTP/1.1\r\nHost: localhost\r\n${login}\r\n${handshake}\r\n\r\n`,
    );
    const said = await new Promise((resolve) => socket.once('data', (bytes) => resolve(String(bytes))));
    socket.destroy();
    const names = String(said)
      .trim()
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(':')[0].toLowerCase());
    expect(said).toMatch(/^HTTP\/1\.1 101 /);
    expect(names.filter((name) => !['server', 'date'].includes(name)).sort()).toEqual([
      'connection',
      'sec-websocket-accept',
      'upgrade',
      'x-own',
    ]);
  });

  test('that the program does not take is a 502', async () => {
    await expect(openSocket(server, `${run}http/x`)).rejects.toThrow('502');
  });
});

test('1 GiB goes through in both directions in 112 MB of memory', { timeout: 120_000 }, async () => {
  const before = server.peakBytes();
  const block = Buffer.alloc(2 ** 20);
  const upload = Readable.from(
    (function* () {
      for (let index = 0; index < 1024; index++) yield block;
    })(),
  );
  expect((await server.send({ method: 'POST', path: `${run}http/sink`, body: upload })).json.bytes).toBe(2 ** 30);
  expect(await bodyBytes(server, `${run}http/big?mib=1024`)).toBe(2 ** 30);
  expect(server.peakBytes() - before).toBeLessThan(112 * 2 ** 20);
});
