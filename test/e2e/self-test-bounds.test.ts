// What the examples of one user may hold while they run, before a definition is saved.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newUser } from '../support/accounts.js';
import { shell } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const save = (login: string, definition: object) =>
  server.send({ method: 'POST', path: '/api/process_definition/?-selftest=1', login, body: { definition } });

test('Definitions that wait for their examples hold a bounded memory for each user', async () => {
  const [one, other] = [`${await newUser(server, 'author')}:pw`, `${await newUser(server, 'author')}:pw`];
  const large = { ...shell('sleep 3'), files: { a: 'x'.repeat(1_000_000) }, examples: [{}] };
  const all = await Promise.all(Array.from({ length: 40 }, () => save(one, large)));
  const codes = all.map(({ status, text }) => (status === 201 ? 'saved' : JSON.parse(text).code));
  expect(codes.filter((code) => code === 'too_many_checks').length).toBeGreaterThanOrEqual(30);
  expect(codes.filter((code) => code === 'saved').length).toBeGreaterThanOrEqual(1);
  expect(new Set(codes)).toEqual(new Set(['too_many_checks', 'saved']));
  const running = save(one, large);
  expect((await save(other, { ...shell('true'), examples: [{}] })).status).toBe(201);
  expect((await running).status).toBe(201);
  expect((await save(one, large)).status).toBe(201);
});

test('An example has at most as many files as a form, and none is written of more', async () => {
  const parameters = { properties: { f: { type: 'array', items: { type: 'string', format: 'file' } } } };
  const withFiles = (count: number) => ({
    ...{ exec: '/bin/sh', argv: ['-c', 'echo $#', 'sh', ['${f}']], input_adapter: { input_type: 'none' }, parameters },
    examples: [{ parameters: { f: Array.from({ length: count }, (_, index) => ({ name: `f${index}`, text: '' })) }, expect: `${count}\n` }],
  });
  expect((await save('admin:secret', withFiles(1000))).status).toBe(201);
  const { status, json } = await save('admin:secret', withFiles(1001));
  expect([status, json.examples[0].error]).toEqual([422, 'at most 1000 files may be given, got 1001']);
  const written = () => readdirSync(join(server.dataDir, 'runs'), { recursive: true }).filter((path) => String(path).includes('example-'));
  await expect.poll(written).toEqual([]);
});
