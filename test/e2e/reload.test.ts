// SIGHUP: the log file is opened again, and DEFINITIONS_DIR is applied again; what the start-up output says of COMPAT.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer, type TestServer } from '../support/server.js';

const folder = mkdtempSync(join(tmpdir(), 'procreg-reload-'));
const definitions = join(folder, 'definitions');
const log = join(folder, 'log');
/** A loaded machine takes seconds. */
const soon = { timeout: 15_000 };
let server: TestServer;

const write = (argument: string) => writeFileSync(join(definitions, 'tool.json'), JSON.stringify({ exec: '/bin/echo', args: [argument] }));
const run = async () => (await server.send({ method: 'POST', path: '/api/process_definition/tool/execute/' })).text;
const linesOf = (file: string) =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
const lines = () => (existsSync(log) ? readFileSync(log, 'utf8') : '');
const hangUp = () => server.process.kill('SIGHUP');

beforeAll(async () => {
  mkdirSync(definitions);
  write('one');
  server = await startServer({ COMPAT: '', DEFINITIONS_DIR: definitions, LOG_FILE: log, LOG_FORMAT: 'json', LOG_LEVEL: 'info' });
});

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

test('a moved log file is left for a new one, and a changed definition is applied', async () => {
  write('two');
  renameSync(log, `${log}.1`);
  hangUp();
  await expect.poll(lines, soon).toContain('reloaded by SIGHUP');
  expect(await run()).toBe('two\n');
  expect(readFileSync(`${log}.1`, 'utf8')).not.toContain('reloaded');
  for (const line of [...linesOf(log), ...linesOf(`${log}.1`)])
    expect(line).toMatchObject({ level: expect.stringMatching(/^(info|warn)$/), time: expect.stringMatching(/^\d{4}-.*Z$/) });
});

test('a bad file is named in the log, and the server continues', async () => {
  writeFileSync(join(definitions, 'bad.json'), '{}');
  hangUp();
  await expect.poll(lines, soon).toContain(join(definitions, 'bad.json'));
  rmSync(join(definitions, 'bad.json'));
  expect(await run()).toBe('two\n');
});

test('while the log file cannot be opened, lines go to the former one', async () => {
  renameSync(log, `${log}.2`);
  mkdirSync(log);
  hangUp();
  await expect.poll(() => readFileSync(`${log}.2`, 'utf8'), soon).toContain('the log file was not opened again');
  rmSync(log, { recursive: true });
  hangUp();
  await expect.poll(lines, soon).toContain('reloaded by SIGHUP');
});

test('an empty COMPAT leaves /about and / and says so at the start', async () => {
  expect(server.said()).toContain('Interfaces of older systems (COMPAT): none\n');
  expect((await server.send({ path: '/about', login: '' })).status).toBe(200);
  expect((await server.send({ path: '/', login: '' })).status).toBe(200);
  expect((await server.send({ method: 'POST', path: '/process', body: '{}' })).status).toBe(404);
});
