// procreg mcp: the protocol over stdin and stdout, passed on to a server, in both eras.
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestClient } from '../support/logged-in-client.js';
import { call, eras, namesOf, noMessage, textOf } from '../support/mcp.js';
import { shell, store } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let client: TestClient;
beforeAll(async () => {
  server = await startServer({ GRACE: '2' });
  const { token } = (await server.send({ method: 'POST', path: '/api/token/', body: { name: 'test' } })).json;
  client = new TestClient(server.url, token);
  await store(server, { name: 'tr', mcp: true, tags: ['text'], exec: 'tr', argv: ['-d', 'x'] });
  await store(server, { name: 'slow', mcp: true, ...shell('echo begun >&2; sleep 60', noMessage) });
});
afterAll(async () => {
  client.remove();
  await server.stop();
});

async function overStdio(era: (typeof eras)[number], words: string[] = [], environment: Record<string, string> = {}): Promise<Client> {
  const speaking = new Client({ name: 'test', version: '1' }, era === 'auto' ? { versionNegotiation: { mode: 'auto' } } : undefined);
  await speaking.connect(
    new StdioClientTransport({
      command: 'procreg',
      args: ['mcp', ...words],
      env: { ...client.environment, ...environment },
      stderr: 'pipe',
    }),
  );
  return speaking;
}

describe.each(eras)('in the era %s', (era) => {
  test('tools are listed and called', async () => {
    const speaking = await overStdio(era);
    expect(await namesOf(speaking)).toEqual(['tr', 'slow', 'request_upload']);
    expect(textOf(await call(speaking, 'tr', { message: 'ünx\nx' }))).toBe('ün\n');
    await expect(call(speaking, 'nothing')).rejects.toMatchObject({ code: -32602 });
    await speaking.close();
    const tagged = await overStdio(era, ['--tag', 'text']);
    expect(await namesOf(tagged)).toEqual(['tr', 'request_upload']);
    await tagged.close();
  });

  test('progress comes while a call lasts, and a cancelled call ends its run', async () => {
    const speaking = await overStdio(era);
    const cancelled = new AbortController();
    const told = Promise.withResolvers<string | undefined>();
    const options = { signal: cancelled.signal, onprogress: ({ message }: { message?: string }) => told.resolve(message) };
    const called = expect(speaking.callTool({ name: 'slow', arguments: {} }, options)).rejects.toThrow();
    expect(await told.promise).toBe('begun');
    cancelled.abort();
    await called;
    const state = async () => (await server.send({ path: '/api/run/?definition=slow&limit=1' })).json.objects[0].state;
    await expect.poll(state, { timeout: 10_000 }).toBe('finished');
    expect(textOf(await call(speaking, 'tr', { message: 'on' }))).toBe('on');
    await speaking.close();
  });

  test('the end of the client ends its calls', async () => {
    const speaking = await overStdio(era);
    const called = call(speaking, 'slow').catch(() => {});
    const run = async () => (await server.send({ path: '/api/run/?definition=slow&limit=1' })).json.objects[0];
    await expect.poll(async () => (await run()).state, { timeout: 10_000 }).toBe('running');
    await speaking.close();
    await called;
    await expect.poll(async () => (await run()).state, { timeout: 10_000 }).toBe('finished');
  });
});

test('a client of older revisions hears of changed tools', async () => {
  const speaking = await overStdio('legacy');
  const heard = new Promise<void>((resolve) => speaking.setNotificationHandler('notifications/tools/list_changed', () => resolve()));
  // the stream is opened after the handshake
  const timer = setInterval(() => void store(server, { mcp: true, exec: 'true' }), 300);
  await heard;
  clearInterval(timer);
  await speaking.close();
});

test('a wrong login and a server that is away are errors of the requests', async () => {
  const asked = `${JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'ping' })}\nno json\n`;
  const lines = async (environment: Record<string, string>) =>
    (await client.run(['mcp'], { stdin: asked, environment })).out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
      .sort((one, other) => one.error.code - other.error.code);
  expect(await lines({ PROCREG_TOKEN: 'wrong' })).toMatchObject([
    { id: null, error: { code: -32700 } },
    { id: 7, error: { message: expect.stringContaining('unauthenticated') } },
  ]);
  expect(await lines({ PROCREG_URL: 'http://127.0.0.1:9' })).toMatchObject([
    { id: null },
    { id: 7, error: { message: expect.stringContaining('cannot be reached') } },
  ]);
});
