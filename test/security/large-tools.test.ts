// Definitions with large files and many of them: anyone who shares such tools has every agent read of them, and must not fill the memory.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rpc } from '../support/mcp.js';
import { store } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

const [author, reader] = ['eve:e', 'bob:b'];
const files = { large: 'x'.repeat(1_000_000) };

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
  await server.user(author, 'author');
  await server.user(reader, 'author');
  for (let index = 0; index < 150; index++) {
    const definition = { name: `large${index}`, exec: 'cat', mcp: true, visibility: 'shared', files };
    expect((await store(server, { ...definition, description: 'some words '.repeat(5000) }, author)).status).toBe(201);
  }
});
afterAll(() => server.stop());

test('150 MB of shared tools are listed, searched and called in little memory', async () => {
  const before = server.peakBytes();
  const ask = async (method: string, params: Record<string, unknown>) =>
    (await rpc(server, method, params, { login: reader })).message.result;
  await Promise.all(Array.from({ length: 10 }, () => ask('tools/list', {})));
  const { tools } = await ask('tools/list', {});
  expect(tools.map(({ name }: { name: string }) => name)).toEqual(['search_tools', 'run_tool', 'request_upload']);
  const query = Array.from({ length: 32 }, (_, index) => `unknown${index}`).join(' ');
  const searched = await ask('tools/call', { name: 'search_tools', arguments: { query } });
  expect(searched.structuredContent).toEqual({ tools: [] });
  const called = await ask('tools/call', { name: 'eve--large7', arguments: { message: 'x' } });
  expect(called.content).toEqual([{ type: 'text', text: 'x' }]);
  expect(server.peakBytes() - before).toBeLessThan(150 * 2 ** 20);
});
