// Spectral and Redocly find no error in the OpenAPI documents: that of 200 definitions of two owners, as odd as they may be stored, and the server's own.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { oddDefinitions } from '../support/odd-definitions.js';
import { store } from '../support/programs.js';
import { adminLogin, projectRoot, startServer, type TestServer } from '../support/server.js';

const bob = 'bob:bobs-secret';
const path = '/api/process_definition/openapi.json';
/** Their own packages: eighty megabytes. */
const linters = join(projectRoot, 'test/openapi-linters');
const folder = mkdtempSync(join(tmpdir(), 'procreg-lint-'));
const file = join(folder, 'openapi.json');
let server: TestServer;

beforeAll(async () => {
  server = await startServer();
  await server.user(bob, 'author');
  for (const [seed, login] of [adminLogin, bob].entries())
    for (const definition of oddDefinitions(100, seed * 5)) {
      const { status, text } = await store(server, definition, login);
      expect(status, text).toBe(201);
    }
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await server.stop();
});

/** What the linter prints as JSON; it ends with 1 when it finds an error. */
async function lint(program: string, words: string[]): Promise<string> {
  const script = join(linters, 'node_modules', program);
  if (!existsSync(script)) throw new Error('npm run test:setup -- --release installs the linters');
  const env = { PATH: process.env.PATH, HOME: folder, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  const told = { cwd: folder, env, maxBuffer: 2 ** 26 };
  const run = promisify(execFile)(process.execPath, [script, 'lint', file, '--format', 'json', ...words], told);
  return (await run.catch((error) => error)).stdout;
}

async function spectralErrors(): Promise<string[]> {
  const said = await lint('@stoplight/spectral-cli/dist/index.js', ['--ruleset', join(linters, 'spectral.yaml')]);
  const found: { code: string; severity: number; path: string[]; message: string }[] = JSON.parse(said);
  expect(found.length).toBeGreaterThan(0);
  return found.filter(({ severity }) => severity === 0).map((one) => `${one.code} ${one.path.join('/')} ${one.message}`);
}

async function redoclyErrors(words: string[]): Promise<string[]> {
  const said = await lint('@redocly/cli/bin/cli.js', ['--max-problems', '1000', ...words]);
  const { problems }: { problems: { ruleId: string; severity: string; message: string; location: { pointer: string }[] }[] } =
    JSON.parse(said);
  return problems.filter(({ severity }) => severity === 'error').map((one) => `${one.ruleId} ${one.location[0]?.pointer} ${one.message}`);
}

describe.each([adminLogin, bob])('In the document that %s gets of 200 definitions', (login) => {
  beforeAll(async () => {
    const { text, json } = await server.send({ path, login });
    expect(Object.keys(json.paths)).toHaveLength(200);
    writeFileSync(file, text);
  });

  test('Spectral finds no error', async () => {
    expect(await spectralErrors()).toEqual([]);
  });

  test('Redocly finds no error', async () => {
    expect(await redoclyErrors([])).toEqual([]);
  });
});

describe('In the document of the server', () => {
  beforeAll(async () => writeFileSync(file, (await server.send({ path: '/docs-json' })).text));

  test('Spectral finds no error', async () => {
    expect(await spectralErrors()).toEqual([]);
  });

  test('Redocly finds no error', async () => {
    expect(await redoclyErrors(['--config', join(projectRoot, 'redocly.yaml')])).toEqual([]);
  });
});

test('The linters find an error where there is one', async () => {
  const document = (await server.send({ path })).json;
  document.paths['/call/delete'].post.parameters.push({ $ref: '#/components/parameters/none' });
  writeFileSync(file, JSON.stringify(document));
  expect(await spectralErrors()).not.toEqual([]);
  expect(await redoclyErrors([])).not.toEqual([]);
});
