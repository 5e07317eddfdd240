// procreg mcp and clients that are broken or hostile: what they write, and how they end.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestClient } from '../support/logged-in-client.js';
import { noMessage } from '../support/mcp.js';
import { shell, store } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let client: TestClient;
beforeAll(async () => {
  server = await startServer({ GRACE: '2' });
  const { token } = (await server.send({ method: 'POST', path: '/api/token/', body: { name: 'test' } })).json;
  client = new TestClient(server.url, token);
  await store(server, { name: 'cat', mcp: true, exec: 'cat' });
  await store(server, { name: 'long', mcp: true, ...shell('sleep 60', noMessage) });
});
afterAll(async () => {
  client.remove();
  await server.stop();
});

const line = (id: unknown, method: string, params: unknown = {}) => `${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`;
const callOf = (id: unknown, name: string, given: object = {}) => line(id, 'tools/call', { name, arguments: given });
const running = async () => (await server.send({ path: '/api/run/?state=running' })).json.objects.length;

/** The answers by their ids. */
async function answers(stdin: string | Buffer) {
  const { code, out, err } = await client.run(['mcp'], { stdin });
  expect([code, err]).toEqual([0, '']);
  // only line feeds end lines
  const said = out.split('\n').filter((one) => one !== '');
  return said.map((one) => JSON.parse(one)).sort((one, other) => Number(one.id) - Number(other.id));
}

function begun(): { child: ChildProcess; said: () => string } {
  const child = spawn('procreg', ['mcp'], { env: client.environment });
  let said = '';
  child.stdout.on('data', (chunk) => (said += chunk));
  return { child, said: () => said };
}

test('a message ends at a line feed, and not at other line separators within its texts', async () => {
  const text = 'a\u2028b\u2029c\u0085d';
  const [first, second] = await answers(`${callOf(1, 'cat', { message: text })}${line(2, 'ping').replace('\n', '\r\n')}`);
  expect(first.result.content).toEqual([{ type: 'text', text }]);
  expect(second).toMatchObject({ id: 2, result: {} });
});

test('what is no message is refused, and the rest goes on', async () => {
  const junk = ['junk', '[]', '5', 'null', '\u001b[31m', '\u0000'].map((one) => `${one}\n`).join('');
  const said = await answers(
    `${junk}\n  \n${line(1, 'tools/call', null)}{"jsonrpc":"2.0","id":2,"method":5}\n${line(3, 'ping').trimEnd()}`,
  );
  expect(said.filter(({ id }) => id === null).map(({ error }) => error.code)).toEqual(Array.from({ length: 6 }, () => -32700));
  expect(said.slice(-2)).toMatchObject([
    { id: 2, error: { code: -32600 } },
    { id: 3, result: {} },
  ]);
  expect(JSON.stringify(said)).not.toContain('Cannot read');
});

test('a line that no server takes is refused without being kept', async () => {
  const large = Buffer.alloc(40 * 2 ** 20, 'x');
  const said = await answers(
    Buffer.concat([large, Buffer.from(`\n${callOf(1, 'cat', { message: 'x'.repeat(5_000_000) })}${line(2, 'ping')}`)]),
  );
  expect(said).toMatchObject([
    { id: null, error: { code: -32700, message: 'the line is too long' } },
    { id: 1, error: { message: expect.stringContaining('body_too_large') } },
    { id: 2, result: {} },
  ]);
});

test('an id is used by one request at a time, and no call outlives the client', async () => {
  const { child, said } = begun();
  child.stdin?.write(callOf(7, 'long') + callOf(7, 'long'));
  await expect.poll(said).toContain('a request with this id is under way');
  await expect.poll(running, { timeout: 5000 }).toBe(1);
  // an answer to a question that nobody has asked
  child.stdin?.write('{"jsonrpc":"2.0","id":7,"result":{}}\n');
  child.stdin?.end();
  expect(await once(child, 'exit')).toEqual([0, null]);
  await expect.poll(running, { timeout: 5000 }).toBe(0);
});

test.each(['SIGTERM', 'SIGKILL'] as const)('%s ends the client, and its calls', async (signal) => {
  const { child } = begun();
  child.stdin?.write(callOf(1, 'long'));
  await expect.poll(running, { timeout: 5000 }).toBe(1);
  child.kill(signal);
  expect(await once(child, 'exit')).toEqual([null, signal]);
  await expect.poll(running, { timeout: 5000 }).toBe(0);
});

test('a client whose reader has gone ends, and so do its calls', async () => {
  const { child } = begun();
  child.stdin?.write(callOf(1, 'long'));
  await expect.poll(running, { timeout: 5000 }).toBe(1);
  child.stdout?.destroy();
  child.stdin?.write(line(2, 'ping'));
  expect(await once(child, 'exit')).toEqual([141, null]);
  await expect.poll(running, { timeout: 5000 }).toBe(0);
});

test('requests fail while the server is away, and succeed when it is back', async () => {
  const { child, said } = begun();
  const { dataDir, url } = server;
  await server.stop({ keep: true });
  child.stdin?.write(line(1, 'ping'));
  await expect.poll(said).toContain('cannot be reached');
  server = await startServer({ GRACE: '2', PORT: new URL(url).port }, { dataDir });
  child.stdin?.write(line(2, 'ping'));
  await expect.poll(said).toContain('{"result":{},"jsonrpc":"2.0","id":2}');
  child.stdin?.end();
  expect(await once(child, 'exit')).toEqual([0, null]);
});
