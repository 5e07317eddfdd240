// Requests for an upgrade: WebSockets are admitted as other requests are, and an upgrade to any other protocol is ignored.
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer, type TestServer } from '../support/server.js';
import { openLine } from '../support/web-socket.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server.stop());

const authorization = `Authorization: Basic ${Buffer.from('admin:secret').toString('base64')}`;
const webSocket = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==';
const h2c = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA';

/** All that comes back before the server closes the connection. */
function say(lines: string[], body = ''): Promise<string> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let said = '';
    socket.on('data', (chunk) => (said += chunk));
    socket.once('close', () => resolve(said));
    socket.once('error', reject);
    socket.write(`${[...lines, `Host: ${hostname}:${port}`].join('\r\n')}\r\n\r\n${body}`);
  });
}

describe('a WebSocket request', () => {
  test('at an address without a WebSocket gets the ordinary answer, and the connection is closed', async () => {
    const said = await say(['GET /about HTTP/1.1', webSocket]);
    expect(said).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(said).toMatch(/\r\nconnection: close\r\n/i);
  });

  test('without login is a 401 as over HTTP', async () => {
    const said = await say(['GET /api/run/ HTTP/1.1', webSocket]);
    expect(said).toMatch(/^HTTP\/1\.1 401 /);
    expect(said).toMatch(/\r\nwww-authenticate: Basic realm="process-registry", charset="UTF-8"\r\n/i);
  });

  test('at an unknown address is a 404', async () => {
    expect(await say(['GET /nothing HTTP/1.1', webSocket, authorization])).toMatch(/^HTTP\/1\.1 404 /);
  });

  test('of a page of another origin is a 403, whatever the address', async () => {
    expect(await say(['GET /api/run/ HTTP/1.1', webSocket, authorization, 'Origin: http://evil.example'])).toMatch(/"code":"cross_site"/);
    expect(await say(['GET /api/run/ HTTP/1.1', webSocket, authorization, 'Sec-Fetch-Site: cross-site'])).toMatch(/"code":"cross_site"/);
  });
});

test('a WebSocket request behind a request that is not answered yet waits for its turn', async () => {
  const slow = 'POST /api/run/ HTTP/1.1';
  const body = JSON.stringify({ exec: '/bin/true' });
  const before = `Host: localhost\r\n${authorization}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const said = await say([slow, `${before}GET /about HTTP/1.1`, webSocket]);
  expect(said.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 201', 'HTTP/1.1 200']);
  expect((await server.send({ path: '/about' })).status).toBe(200);
});

describe('a request for another protocol', () => {
  test('is not upgraded: it is answered, and the connection stays open', async () => {
    const both = `\r\n\r\nGET /about HTTP/1.1\r\nConnection: close`;
    const said = await say(['GET /about HTTP/1.1', `Host: localhost\r\n${h2c}${both}`]);
    expect(said.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
  });

  test('is not upgraded a hundred times on one connection, which leaves nothing behind', async () => {
    const again = `\r\n\r\nGET /about HTTP/1.1\r\nHost: localhost\r\n${h2c}`.repeat(99);
    const said = await say(['GET /about HTTP/1.1', `Host: localhost\r\n${h2c}${again}\r\n\r\nGET /about HTTP/1.1\r\nConnection: close`]);
    expect(said.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(101);
    expect(server.said()).not.toContain('MaxListeners');
  });

  test('is not upgraded with a body either', async () => {
    const body = JSON.stringify({ definition: { exec: '/bin/true', name: 'asked-for-h2c' } });
    const head = ['POST /api/process_definition/ HTTP/1.1', h2c.replace('Upgrade,', 'Upgrade, close,'), authorization];
    const said = await say([...head, 'Content-Type: application/json', `Content-Length: ${body.length}`], body);
    expect(said).toMatch(/^HTTP\/1\.1 201 /);
    expect((await server.send({ path: '/api/process_definition/asked-for-h2c/' })).status).toBe(200);
  });
});

test('BASE_PATH holds for WebSockets, too', async () => {
  const below = await startServer({ BASE_PATH: '/below' });
  const data = encodeURIComponent('{"cmd": ["echo", "hi"]}');
  const line = await openLine(below, `/below/process_interactive?data=${data}`);
  expect((await line.closed).code).toBe(1000);
  expect(Buffer.concat(line.frames).toString()).toBe('hi\n');
  await below.stop();
});

describe('COMPAT', () => {
  test('does not boot with an interface that does not exist', async () => {
    await expect(startServer({ COMPAT: 'process,other' })).rejects.toThrow(
      /COMPAT must be some of process, run-code, jobs, separated by commas, or none, got 'process,other'/,
    );
  });
});
