// Clients that ask for an upgrade and go away before the answer: noticed at once, and never delaying the shutdown of the server.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { shell } from '../support/programs.js';
import { running, until } from '../support/restarts.js';
import { stopped } from '../support/run-files.js';
import { startServer, type TestServer } from '../support/server.js';

const none = { input_adapter: { input_type: 'none' } };
const authorization = `Authorization: Basic ${Buffer.from('admin:secret').toString('base64')}`;
const webSocket = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==';
const asked = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${authorization}\r\n${webSocket}\r\n\r\n`;

async function say(server: TestServer, text: string): Promise<Socket> {
  const { hostname, port } = new URL(server.url);
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true }).on('error', () => {});
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

/** The server's end of this connection: null when it is closed, else how many bytes wait to be read. */
function unread(server: TestServer, clientPort: number): number | null {
  const hex = (port: number) => port.toString(16).toUpperCase().padStart(4, '0');
  const ends = new RegExp(`:${hex(Number(new URL(server.url).port))} \\w+:${hex(clientPort)} (?:01|08) \\w+:(\\w+)`);
  const found = ends.exec(readFileSync('/proc/net/tcp', 'utf8'));
  return found && Number.parseInt(found[1], 16);
}

const heard = (server: TestServer, client: Socket) =>
  until(
    () => unread(server, client.localPort as number),
    (bytes) => bytes === 0,
  );

/** Several clients ask, are heard, and go away; resolves when the server has closed their connections. */
async function askAndLeave(server: TestServer, text: string, { later = '' } = {}): Promise<void> {
  const clients = await Promise.all(Array.from({ length: 5 }, () => say(server, text)));
  for (const client of clients) await heard(server, client);
  const ports = clients.map(({ localPort }) => localPort as number);
  for (const client of clients) client.end(later);
  for (const port of ports)
    await until(
      () => unread(server, port),
      (bytes) => bytes === null,
    );
  for (const client of clients) client.destroy();
}

describe('a client that asks for a WebSocket and goes away before the answer', () => {
  test.each(['', 'said too early'])("leaves no connection behind, having said '%s' meanwhile", async (later) => {
    const server = await startServer();
    const run = await running(server, shell('exec sleep 60', none));
    await askAndLeave(server, asked(`${run}wait/?timeout=500`), { later });
    await stopped(server, run);
    expect(await server.stop()).toBe(0);
  });

  test('leaves no connection to a program that never answers', async () => {
    const server = await startServer();
    const script =
      'import socket, sys; s = socket.create_server(("127.0.0.1", int(sys.argv[1]))); print("up", flush=True); sys.stdin.read()';
    const run = await running(server, shell(`sleep 60 | python3 -c '${script}' \${port}`, none));
    await expect.poll(async () => (await server.send({ path: `${run}log/` })).text, { timeout: 10_000 }).toContain('up');
    await askAndLeave(server, asked(`${run}http/`));
    await stopped(server, run);
    await server.stop();
  });
});

test('TERM ends a server at which a client still waits for the answer to its WebSocket request', async () => {
  const server = await startServer({ GRACE: '1' });
  const run = await running(server, shell('exec sleep 30', none));
  const client = await say(server, asked(`${run}wait/?timeout=500`));
  await heard(server, client);
  // more than the server reads ahead, so that it cannot see the end either
  client.write('x'.repeat(2 ** 20));
  client.end();
  const begunMs = performance.now();
  expect(await server.stop()).toBe(0);
  expect(performance.now() - begunMs).toBeLessThan(10_000);
  client.destroy();
});
