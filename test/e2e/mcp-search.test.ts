// More tools than a model should read of: they are searched instead of listed.
import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, connect, namesOf, noMessage, textOf } from '../support/mcp.js';
import { needed, store } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let client: Client;
beforeAll(async () => {
  server = await startServer();
  for (let index = 0; index < 39; index++)
    await store(server, {
      name: `tool${index}`,
      mcp: true,
      exec: 'echo',
      argv: [String(index)],
      ...noMessage,
      description: 'Prints a number',
    });
  await store(server, {
    name: 'resize',
    mcp: true,
    exec: 'echo',
    argv: ['${width}'],
    ...needed({ width: { type: 'integer' } }),
    description: 'Changes the size of an image',
  });
  client = await connect(server);
});
afterAll(async () => {
  await client.close();
  await server.stop();
});

interface Found {
  tools: { name: string; description: string; inputSchema: { properties: object } }[];
}

const search = async (query: string) => (await call(client, 'search_tools', { query })).structuredContent as unknown as Found;

test('forty tools are listed, and more are searched', async () => {
  expect(await namesOf(client)).toHaveLength(40);
  await store(server, { name: 'upper', mcp: true, exec: 'tr', argv: ['a-z', 'A-Z'], tags: ['text'] });
  expect(await namesOf(client)).toEqual(['search_tools', 'run_tool', 'request_upload']);
});

test('words find the best ten, with what is needed to call them', async () => {
  const [best] = (await search('resize IMAGE please')).tools;
  expect(best).toMatchObject({ name: 'resize', inputSchema: { required: ['width'], properties: { width: { type: 'integer' } } } });
  expect((await search('number')).tools).toHaveLength(10);
  expect((await search('text')).tools.map(({ name }) => name)).toEqual(['upper']);
  expect((await search('zebra')).tools).toEqual([]);
});

test('a found tool is called by its name, with its faults', async () => {
  expect(textOf(await call(client, 'run_tool', { name: 'resize', arguments: { width: 30 } }))).toBe('30\n');
  const faulty = await call(client, 'run_tool', { name: 'resize', arguments: { width: 'wide' } });
  expect([faulty.isError, textOf(faulty)]).toEqual([true, expect.stringContaining("parameter 'width'")]);
  const unknown = await call(client, 'run_tool', { name: 'resise' });
  expect([unknown.isError, textOf(unknown)]).toEqual([true, "there is no tool 'resise'; did you mean 'resize'?"]);
  expect(textOf(await call(client, 'resize', { width: 1 }))).toBe('1\n');
});

test('a definition with the name of such a tool is known by its owner', async () => {
  await store(server, { name: 'run_tool', mcp: true, exec: 'echo', argv: ['mine'], ...noMessage });
  expect(textOf(await call(client, 'run_tool', { name: 'admin--run_tool' }))).toBe('mine\n');
});
