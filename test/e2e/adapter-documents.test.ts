// The examples of docs/behaviour/adapters.md do what they say, and every adapter has one; the list of types is that of the schemas.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chooseInput, chooseOutput } from '../../src/model/adapter-choice.js';
import { defined, store } from '../support/programs.js';
import { projectRoot, startServer, type TestServer } from '../support/server.js';

const text = readFileSync(join(projectRoot, 'docs/behaviour/adapters.md'), 'utf8');
const examples = [...text.matchAll(/```json\n(.*?)```/gs)].map(([, json]) => JSON.parse(json));

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server.stop();
});

const listed = async (side: 'input' | 'output') =>
  (await server.send({ path: '/api/adapter/' })).json[side].map(({ type }: { type: string }) => type);

test.each(examples.map((definition) => [definition.argv.join(' '), definition]))('%s', async (_argv, definition) => {
  const { json } = await server.send({ method: 'POST', path: `${await defined(server, definition)}selftest/` });
  expect(json.passed, JSON.stringify(json)).toBe(true);
  expect(json.examples.length).toBeGreaterThan(0);
});

test('every type has an example', async () => {
  const kinds = (chosen: { kind: string }[]) => new Set(chosen.map(({ kind }) => kind.replace(/^(stream|file_path)$/, 'file')));
  expect([...kinds(examples.map(chooseInput))].sort()).toEqual(await listed('input'));
  const outputs = [...kinds(examples.map(chooseOutput)), 'none'];
  expect(outputs.sort()).toEqual(await listed('output'));
});

test('the list describes each type and its parameters, for every user', async () => {
  await server.user('looker:secret', 'viewer');
  const { status, json } = await server.send({ path: '/api/adapter/', login: 'looker:secret' });
  expect(status).toBe(200);
  expect(json.input.map(({ type }: { type: string }) => type)).toEqual(['append', 'file', 'none', 'pipe', 'port']);
  expect(json.output.map(({ type }: { type: string }) => type)).toEqual(['append', 'directory', 'file', 'none', 'pipe', 'port']);
  for (const one of [...json.input, ...json.output]) {
    expect(Object.keys(one)).toEqual(['type', 'description', 'parameters']);
    expect(one.parameters).toMatchObject({ type: 'object' });
  }
  expect((await server.send({ path: '/api/adapter/', login: '' })).status).toBe(401);
});

test('the schemas in the list are those that definitions are checked against', async () => {
  const unknown = await store(server, { exec: 'cat', input_adapter: { input_type: 'fax' }, output_adapter: { output_type: 'telex' } });
  expect(unknown.status).toBe(400);
  expect(unknown.json.error).toContain('must be one of file, append, port, pipe, none, got "fax"');
  expect(unknown.json.error).toContain('must be one of file, append, port, pipe, directory, none, got "telex"');
  // that of runs at a terminal, which no definition chooses
  expect((await store(server, { exec: 'cat', input_adapter: { input_type: 'typed' } })).json.error).toContain('got "typed"');
  const missing = await store(server, { exec: 'cat', input_adapter: { input_type: 'pipe', input_parameters: {} } });
  expect([missing.status, missing.json.error]).toEqual([400, expect.stringContaining('pipe_path')]);
  const outside = await store(server, { exec: 'cat', input_adapter: { input_type: 'pipe', input_parameters: { pipe_path: '../in' } } });
  expect([outside.status, outside.json.error]).toEqual([400, expect.stringContaining('leads out')]);
  const foreign = { exec: 'cat', cwd: '/tmp', output_adapter: { output_type: 'pipe', output_parameters: { pipe_path: 'out' } } };
  expect((await store(server, foreign)).json.error).toContain("run's own work directory");
});
