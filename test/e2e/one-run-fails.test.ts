// An error while one run is started, followed, collected or described ends that run, and nothing else.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { collectedBy, deliveredBy, writeDeadlyAdapters } from '../support/deadly-adapters.js';
import { initOf } from '../support/processes.js';
import { defined, execute, shell } from '../support/programs.js';
import { idOf, running } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';

const folder = mkdtempSync(join(tmpdir(), 'procreg-deadly-'));
const plugin = join(folder, 'deadly.mjs');
let server: TestServer;
let other: string;
beforeAll(async () => {
  writeDeadlyAdapters(plugin);
  server = await startServer({ PLUGINS: plugin });
  other = await running(server, shell('sleep 1000'));
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const recordOf = async (path: string) => (await server.send({ path })).json;

test.each([
  ['throws', 'no such thing'],
  ['rejects', 'EIO'],
  ['nonsense', ''],
])('an output adapter that %s ends its run as output_error with the reason', async (type, said) => {
  const { status, json } = await execute(server, shell('echo well', collectedBy(type)));
  expect([status, json.code], JSON.stringify(json)).toEqual([422, 'output_error']);
  expect(json.detail).toContain(said);
  const record = await recordOf(json.run);
  expect(record).toMatchObject({ state: 'finished', end_reason: 'output_error', exit_code: 0, success: false });
  expect((await server.send({ path: `${json.run}log/` })).text).toBe('well\n');
  expect(await recordOf(other)).toMatchObject({ state: 'running' });
});

test('an input adapter that throws at once ends its run, and no program is left without a run', async () => {
  const { status, json } = await execute(server, shell('sleep 500', { ...deliveredBy('throws_at_once'), stop: { grace: 1 } }));
  expect([status, json.code], JSON.stringify(json)).toEqual([422, 'output_error']);
  expect(json.detail).toMatch(/could not be followed to its end: no such thing/);
  expect(initOf(idOf(json.run))).toBe(undefined);
  expect(await recordOf(other)).toMatchObject({ state: 'running' });
});

test('a service whose input adapter throws when it is closed is stopped, and the server keeps running', async () => {
  const run = await running(
    server,
    shell('sleep 500', { ...deliveredBy('closes_badly'), ...{ output_type: 'none' }, process_type: 'service' }),
  );
  await expect.poll(async () => (await recordOf(run)).ready).toBe(true);
  expect((await server.send({ method: 'POST', path: `${run}stop/` })).status).toBe(202);
  await expect.poll(async () => (await recordOf(run)).state).toBe('finished');
  expect(await recordOf(other)).toMatchObject({ state: 'running' });
});

test.each([
  ['pipe', { pipe_path: 'in' }],
  ['append', { file_path: 'in' }],
  ['stream', {}],
])('a message for %s whose file is gone ends its run alone', async (input_type, input_parameters) => {
  const input_adapter = input_type === 'stream' ? undefined : { input_type, input_parameters };
  const definition = await defined(server, shell('sleep 1; true', { input_adapter, max_parallel: 1 }));
  const submit = async (body: Buffer) =>
    (await server.send({ method: 'POST', path: `${definition}execute/`, body, headers: { prefer: 'respond-async' } })).json.resource_uri;
  await submit(Buffer.alloc(10));
  const run = await submit(Buffer.alloc(100_000, 'x'));
  expect((await recordOf(run)).state).toBe('queued');
  rmSync(join(server.dataDir, 'runs', idOf(run)), { recursive: true });
  await expect.poll(async () => (await recordOf(run)).state, { timeout: 20_000 }).toBe('finished');
  expect(await recordOf(other)).toMatchObject({ state: 'running' });
});
