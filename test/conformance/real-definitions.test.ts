// Real definitions of real programs: what each must give back, byte for byte, by id and by name.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases, newDatabase } from '../support/databases.js';
import type { Answer } from '../support/http.js';
import { TestClient } from '../support/logged-in-client.js';
import { defined } from '../support/programs.js';
import { expectOutput, inputOf, type RealDefinition, services, single, varying } from '../support/real-definitions.js';
import { endOf } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';
import { messagesOf, say, texts } from '../support/services.js';

function expectSuccess(real: RealDefinition, answer: Answer): void {
  expect(answer.status, answer.status === 200 ? 'ok' : answer.text).toBe(200);
  expectOutput(real, answer.bytes);
}

/** The client gives the bytes of execute/. */
async function expectSameByClient(client: TestClient, real: RealDefinition, answer: Answer): Promise<void> {
  const { code, stdout, err } = await client.run(['run', real.name], { stdin: inputOf(real) });
  expect(code, err).toBe(real.expect.exit_code);
  if (real.expect.exit_code !== 0) expect(stdout.toString()).toBe(answer.json.stdout);
  else if (varying.has(real.name)) expectOutput(real, stdout);
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
