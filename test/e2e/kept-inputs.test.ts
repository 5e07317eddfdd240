// The inputs that runs keep: over restarts and crashes, in what the retention counts and removes, and of commands.
import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { post, shellCommand } from '../support/process-api.js';
import { defined, runsOf, shell } from '../support/programs.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';

const large = 'large '.repeat(20_000);
let server: TestServer;
beforeAll(async () => {
  server = await startServer({ KEEP_INPUT: '200KB' });
});
afterAll(() => server.stop());

const folderOf = (id: string) => join(server.dataDir, 'runs', id);
const filesOf = (id: string) => (existsSync(folderOf(id)) ? readdirSync(folderOf(id)) : []);
const inputOf = async (id: string) => (await server.send({ path: `/api/run/${id}/input/` })).text;

async function executed(definition: string, body: string, headers: Record<string, string> = {}): Promise<string> {
  const id = (await server.send({ method: 'POST', path: `${definition}execute/`, body, headers })).headers['run-id'] as string;
  await server.send({ path: `/api/run/${id}/wait/` });
  return id;
}

/** The record as it is in the database, once the server has stopped. */
function rowOf(id: string): Record<string, unknown> {
  const database = new Database(join(server.dataDir, 'registry.sqlite'), { readonly: true });
  const row = database.prepare('SELECT * FROM run WHERE id = ?').get(id);
  database.close();
  return row as Record<string, unknown>;
}

/** Begins to send a live message of 100,000 bytes, half of which arrives. Resolves with the id of the run once the program has it. */
async function begunMessage(definition: string): Promise<string> {
  const headers = { authorization: `Basic ${Buffer.from(adminLogin).toString('base64')}`, 'content-length': '100000' };
  const outgoing = request(new URL(`${definition}execute/`, server.url), { method: 'POST', headers, agent: false });
  outgoing.on('error', () => {});
  outgoing.write(Buffer.alloc(50_000, 'x'));
  await expect.poll(async () => (await runsOf(server, definition))[0]?.state).toBe('running');
  const [{ id }] = await runsOf(server, definition);
  await expect.poll(() => existsSync(join(folderOf(id), 'message')) && statSync(join(folderOf(id), 'message')).size).toBe(50_000);
  return id;
}

test('A message is kept over a restart and a crash; half of a live one is removed', async () => {
  const definition = await defined(server, shell('cat'));
  const ids = [
    await executed(definition, 'short'),
    await executed(definition, large),
    await executed(definition, large, { prefer: 'respond-async' }),
  ];
  const tooLarge = await executed(definition, large + large);
  const half = await begunMessage(await defined(server, shell('cat')));
  await Promise.all([once(server.process, 'exit'), server.process.kill('SIGKILL')]);
  server = await startServer({ KEEP_INPUT: '200KB' }, { dataDir: server.dataDir });
  await server.send({ path: `/api/run/${half}/wait/` });
  await expect.poll(() => filesOf(half), { timeout: 10_000 }).not.toContain('message');
  for (const [index, id] of ids.entries()) expect(await inputOf(id)).toBe(index === 0 ? 'short' : large);
  expect(filesOf(tooLarge)).not.toContain('message');
  expect((await server.send({ path: `/api/run/${half}/` })).json.input_bytes).toBe(null);
});

test('A live message that its sender breaks off is not kept', async () => {
  const definition = await defined(server, shell('cat'));
  const id = await begunMessage(definition);
  await server.send({ method: 'POST', path: `/api/run/${id}/stop/` });
  expect((await server.send({ path: `/api/run/${id}/wait/` })).json.input_bytes).toBe(null);
  await expect.poll(() => filesOf(id), { timeout: 10_000 }).not.toContain('message');
});

test('What is kept counts for the retention, and goes with its run', async () => {
  const definition = await defined(server, shell('true'));
  const short = await executed(definition, 'x'.repeat(30_000));
  const spooled = await executed(definition, large, { prefer: 'respond-async' });
  expect(filesOf(spooled)).toEqual(['message']);
  await server.stop({ keep: true });
  server = await startServer({ KEEP_INPUT: '200KB' }, { dataDir: server.dataDir });
  await expect.poll(() => rowOf(spooled).kept_bytes, { timeout: 10_000 }).toBeGreaterThanOrEqual(large.length);
  expect(rowOf(short).kept_bytes).toBeGreaterThanOrEqual(40_000);
  for (const id of [short, spooled]) expect((await server.send({ method: 'DELETE', path: `/api/run/${id}/` })).status).toBe(204);
  expect(existsSync(folderOf(spooled))).toBe(false);
});

test('Runs without messages and files keep nothing but their record', async () => {
  const definition = await defined(server, shell('true'));
  const id = await executed(definition, '');
  expect(rowOf(id)).toMatchObject({ input_bytes: 0, kept_input: null, parameters: null, rerun_of: null });
  expect(filesOf(id)).toEqual([]);
});

test('A run of a command is repeated, by its owner alone; older interfaces keep nothing', async () => {
  const login = 'anna:anna-password';
  await server.user(login, 'author');
  const body = { ...shell('cat; echo "$WHAT"'), environment: { WHAT: '$${x} plain' }, message: 'in ' };
  const { json: run } = await server.send({ method: 'POST', path: '/api/run/', body, login });
  await server.send({ path: `${run.resource_uri}wait/`, login });
  const { status, json: again } = await server.send({ method: 'POST', path: `${run.resource_uri}rerun/`, login });
  expect([status, again.rerun_of, again.trigger]).toEqual([201, run.id, { type: 'command' }]);
  await server.send({ path: `${again.resource_uri}wait/`, login });
  expect((await server.send({ path: `${again.resource_uri}output/`, login })).text).toBe('in $${x} plain\n');
  expect((await server.send({ method: 'POST', path: `${run.resource_uri}rerun/` })).json.code).toBe('forbidden');
  const { json: unkept } = await server.send({ method: 'POST', path: '/api/run/', body: { ...body, keep: { input: 0 } } });
  await server.send({ path: `${unkept.resource_uri}wait/` });
  expect((await server.send({ method: 'POST', path: `${unkept.resource_uri}rerun/` })).json.code).toBe('input_not_kept');
  await post(server, { data: shellCommand('cat', { stdin: 'x' }) });
  const [older] = (await server.send({ path: '/api/run/?limit=1' })).json.objects;
  expect([older.argv, older.input_bytes]).toEqual([['-c', 'cat'], null]);
});
