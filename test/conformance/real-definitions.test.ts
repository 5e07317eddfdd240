// Real definitions of real programs: what each must give back, byte for byte, by id and by name.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases, newDatabase } from '../support/databases.js';
import { quietPort } from '../support/free-port.js';
import type { Answer } from '../support/http.js';
import { TestClient } from '../support/logged-in-client.js';
import { defined } from '../support/programs.js';
import { endOf } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';
import { messagesOf, say, texts } from '../support/services.js';

interface RealDefinition {
  name: string;
  definition: { process_type?: string };
  input: { text?: string; base64?: string; generate?: string; none?: true };
  expect: {
    exit_code?: number;
    text?: string;
    text_starts?: string;
    text_contains?: string[];
    json?: unknown;
    same_as_input?: boolean;
    check?: string;
    stderr_contains?: string;
    no_output_file?: boolean;
    max_wall_s?: number;
  };
}

/** The ports of the fixture: other processes of this machine may use them. */
const givenPorts = ['47811', '47812', '47814', '47815'];
const fixture = join(import.meta.dirname, '../fixtures/real-definitions.json');
const ports = new Map(await Promise.all(givenPorts.map(async (given) => [given, String(await quietPort())] as const)));
const text = readFileSync(fixture, 'utf8').replace(new RegExp(givenPorts.join('|'), 'g'), (given) => ports.get(given) as string);
const { definitions } = JSON.parse(text) as { definitions: RealDefinition[] };
const single = definitions.filter(({ definition }) => definition.process_type === 'single');
const services = definitions.filter(({ definition }) => definition.process_type === 'service');

/** What differs from run to run: by the time in an archive, by the dither of a sound. */
const varying = new Set(['pandoc-md-docx', 'sox-downsample', 'imagemagick-thumb-stream']);

const shellEnvironment = { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8' };
const inputs = new Map<string, Buffer | undefined>();

function inputOf({ name, input }: RealDefinition): Buffer | undefined {
  if (!inputs.has(name)) {
    const { text, base64, generate } = input;
    const shell = { env: shellEnvironment, maxBuffer: 2 ** 27 };
    const bytes = generate
      ? execFileSync('sh', ['-c', generate], shell)
      : base64
        ? Buffer.from(base64, 'base64')
        : text === undefined
          ? undefined
          : Buffer.from(text);
    inputs.set(name, bytes);
  }
  return inputs.get(name);
}

function expectSuccess(real: RealDefinition, answer: Answer): void {
  const wanted = real.expect;
  expect(answer.status, answer.status === 200 ? 'ok' : answer.text).toBe(200);
  if (wanted.text !== undefined) expect(answer.text).toBe(wanted.text);
  if (wanted.text_starts !== undefined) expect(answer.text.startsWith(wanted.text_starts)).toBe(true);
  for (const part of wanted.text_contains ?? []) expect(answer.text).toContain(part);
  if (wanted.json !== undefined) expect(answer.json).toEqual(wanted.json);
  if (wanted.same_as_input) expect(answer.bytes.equals(inputOf(real) as Buffer)).toBe(true);
  if (wanted.check) runCheck(wanted.check, inputOf(real), answer.bytes);
}

function runCheck(check: string, input: Buffer | undefined, output: Buffer): void {
  const folder = mkdtempSync(join(tmpdir(), 'procreg-check-'));
  const [inFile, outFile] = [join(folder, 'in'), join(folder, 'out')];
  writeFileSync(inFile, input ?? '');
  writeFileSync(outFile, output);
  execFileSync('bash', ['-c', check], { env: { ...shellEnvironment, IN: inFile, OUT: outFile } });
  rmSync(folder, { recursive: true });
}

/** The client gives the bytes of execute/. */
async function expectSameByClient(client: TestClient, real: RealDefinition, answer: Answer): Promise<void> {
  const { code, stdout, err } = await client.run(['run', real.name], { stdin: inputOf(real) });
  expect(code, err).toBe(real.expect.exit_code);
  if (real.expect.exit_code !== 0) expect(stdout.toString()).toBe(answer.json.stdout);
  else if (varying.has(real.name)) expectSuccess(real, { ...answer, bytes: stdout });
  else if (real.name === 'printenv-clean') expect(stdout.toString()).toMatch(/^GREETING=hello world$/m);
  else expect(stdout.equals(answer.bytes)).toBe(true);
  if (real.expect.stderr_contains) expect(err).toContain(real.expect.stderr_contains);
}

async function expectRun(server: TestServer, real: RealDefinition, reference: string): Promise<Answer> {
  const startedMs = performance.now();
  const answer = await server.send({ method: 'POST', path: `/api/process_definition/${reference}/execute/`, body: inputOf(real) });
  if (real.expect.max_wall_s) expect(performance.now() - startedMs).toBeLessThan(real.expect.max_wall_s * 1000);
  if (real.expect.exit_code === 0) expectSuccess(real, answer);
  else {
    expect(answer.json).toMatchObject({ status: 422, code: 'exit', exit_code: real.expect.exit_code });
    if (real.expect.text !== undefined) expect(answer.json.stdout).toBe(real.expect.text);
    if (real.expect.no_output_file) expect(answer.json.output).toBeNull();
  }
  if (real.expect.stderr_contains) {
    const { text } = await server.send({ path: `/api/run/${answer.headers['run-id']}/log/?stream=stderr` });
    expect(text).toContain(real.expect.stderr_contains);
  }
  return answer;
}

describe.each(databases)('real definitions on %s', (database) => {
  let server: TestServer;
  let client: TestClient;
  beforeAll(async () => {
    server = await startServer({ ...(await newDatabase(database)), SECRET_OF_THE_SERVER: 'never to be seen' });
    client = new TestClient(server.url, (await server.send({ method: 'POST', path: '/api/token/', body: { name: 'client' } })).json.token);
  });
  afterAll(async () => {
    await server.stop();
    client.remove();
  });

  test.each(single.map((real) => [real.name, real] as const))('%s', async (name, real) => {
    const created = await server.send({
      method: 'POST',
      path: '/api/process_definition/',
      body: { definition: { ...real.definition, name } },
    });
    expect(created.status, created.text).toBe(201);
    await expectRun(server, real, String(created.headers.location).split('/').at(-2) as string);
    const answer = await expectRun(server, real, name);
    if (database === databases[0]) await expectSameByClient(client, real, answer);
  });

  test.each(services.map((real) => [real.name, real] as const))('%s', async (name, real) => {
    const definition = await defined(server, { ...real.definition, name });
    const answer = await say(server, definition, inputOf(real));
    const run = `/api/run/${answer.headers['run-id']}/`;
    if (answer.status === 200) expectSuccess(real, answer);
    else {
      expect(answer.status, answer.text).toBe(202);
      const lines = (real.expect.text as string).split('\n').length - 1;
      expect(texts(await messagesOf(server, run, { count: lines })).join('')).toBe(real.expect.text);
    }
    const again = await say(server, definition, inputOf(real));
    expect([again.status, again.headers['run-id']]).toEqual([answer.status, answer.headers['run-id']]);
    await server.send({ method: 'POST', path: `${run}stop/` });
    expect(await endOf(server, run)).toMatchObject({ end_reason: 'stop', attempt: 1 });
  });

  test('a program sees nothing of the server’s own environment', async () => {
    const body = { definition: { exec: '/usr/bin/env', name: 'env' } };
    await server.send({ method: 'POST', path: '/api/process_definition/', body });
    const { text } = await server.send({ method: 'POST', path: '/api/process_definition/env/execute/' });
    expect(
      text
        .split('\n')
        .map((line) => line.split('=')[0])
        .filter(Boolean)
        .sort(),
    ).toEqual(['HOME', 'PATH', 'TMPDIR', 'TRACEPARENT']);
  });
});
