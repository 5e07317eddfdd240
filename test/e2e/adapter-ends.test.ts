// How runs end whose messages pass through the server: programs that keep serving, callers that break off, servers that are killed.
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defined, execute, runsOf, shell } from '../support/programs.js';
import { crash, endOf, next, until } from '../support/restarts.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';

const port = { tcp_port: '${port}' };
const byPort = {
  input_adapter: { input_type: 'port', input_parameters: port },
  output_adapter: { output_type: 'port', output_parameters: port },
};
const pipeIn = { input_adapter: { input_type: 'pipe', input_parameters: { pipe_path: '${input_pipe}' } } };
const pipeOut = { output_adapter: { output_type: 'pipe', output_parameters: { pipe_path: '${output_pipe}' } } };

describe('a program that keeps serving after its answer', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());

  test.each([
    [
      'Redis',
      { exec: 'redis-server', argv: ['--port', '${port}', '--bind', '127.0.0.1', '--save', ''] },
      'PING\r\nQUIT\r\n',
      '+PONG\r\n+OK\r\n',
    ],
    [
      'an HTTP server',
      { exec: 'python3', argv: ['-m', 'http.server', '${port}', '--bind', '127.0.0.1'] },
      'GET / HTTP/1.0\r\n\r\n',
      /^HTTP\/1.0 200 OK[\s\S]*Directory listing/,
    ],
    ['nc', { exec: 'nc', argv: ['-l', '-k', '-N', '127.0.0.1', '${port}'] }, 'nothing comes back', ''],
    [
      'one that ignores TERM',
      shell('trap "" TERM; while true; do socat -t 5 TCP-LISTEN:${port},bind=127.0.0.1,reuseaddr SYSTEM:"tr a-z A-Z"; done', {
        stop: { grace: 1 },
      }),
      'shout',
      'SHOUT',
    ],
  ])('%s is ended when its answer is whole, and counts as successful', async (_what, definition, body, answer) => {
    const { status, text, headers } = await execute(server, { ...definition, ...byPort }, { body });
    expect(status, text).toBe(200);
    expect(text).toMatch(answer instanceof RegExp ? answer : new RegExp(`^${answer.replaceAll('+', '\\+')}$`));
    const run = (await server.send({ path: `/api/run/${headers['run-id']}/` })).json;
    expect(run).toMatchObject({ state: 'finished', end_reason: 'exit', success: true, error: null });
  });

  test('that ends by itself keeps its own exit code', async () => {
    const listen = 'socat -t 5 TCP-LISTEN:${port},bind=127.0.0.1 EXEC:cat';
    const { json } = await execute(server, shell(`${listen}; exit 3`, byPort), { body: 'x' });
    expect(json).toMatchObject({ code: 'exit', exit_code: 3 });
  });

  test('is not told the end of the message with half_close: false', async () => {
    const input_adapter = { input_type: 'port', input_parameters: { ...port, half_close: false } };
    const definition = shell('socat TCP-LISTEN:${port},bind=127.0.0.1 SYSTEM:"head -n 1"', { ...byPort, input_adapter, timeout: 20 });
    expect((await execute(server, definition, { body: 'one\ntwo\n' })).text).toBe('one\n');
  });
});

const begunBytes = 50_000;

/** Begins a message of twice as many bytes, to be broken off when the program has what there is of it. Returns the path of the run. */
async function brokenMessage(server: TestServer, definition: object): Promise<{ run: string; breakOff: () => void }> {
  const path = await defined(server, definition);
  const headers = { authorization: `Basic ${Buffer.from(adminLogin).toString('base64')}`, 'content-length': 2 * begunBytes };
  const upload = request(`${server.url}${path}execute/`, { method: 'POST', headers }).on('error', () => {});
  upload.write('x'.repeat(begunBytes));
  const [{ resource_uri }] = await until(
    () => runsOf(server, path),
    ([run]) => run?.state === 'running',
  );
  await until(
    () => filesOf(server, resource_uri),
    (files) => files.some(({ path, bytes }) => path === 'got' && bytes === begunBytes),
  );
  return { run: resource_uri, breakOff: () => upload.destroy() };
}

const filesOf = async (server: TestServer, run: string): Promise<{ path: string; bytes: number }[]> =>
  (await server.send({ path: `${run}files/` })).json.objects;

/** Not socat, which takes a connection that was reset for one that has come to its end. */
const reader = `
import socket, sys
listener = socket.create_server(('127.0.0.1', int(sys.argv[1])))
connection, _ = listener.accept()
with open('got', 'wb', 0) as got:
  while chunk := connection.recv(65536): got.write(chunk)`;

const deadly = [
  ['by a pipe', shell('cat "${input_pipe}" > got; cp got whole; sleep 60', { ...pipeIn, timeout: 30 })],
  [
    'by a port',
    shell('python3 -c "$READER" ${port} && cp got whole; sleep 60', {
      environment: { READER: reader },
      ...byPort,
      timeout: 30,
      output_adapter: undefined,
    }),
  ],
] as const;

describe('a message that breaks off', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());

  test.each(deadly)('%s is never taken for a whole one', async (_how, definition) => {
    const { run, breakOff } = await brokenMessage(server, definition);
    breakOff();
    expect(await endOf(server, run)).toMatchObject({ end_reason: 'input_error', success: false });
    expect((await filesOf(server, run)).map(({ path }) => path)).toEqual(['got']);
  });
});

describe.concurrent('after kill -9 of the server', () => {
  test.each(deadly)('a message that was going in %s ends its run as broken off', async (_how, definition) => {
    const first = await startServer();
    const { run } = await brokenMessage(first, definition);
    await crash(first);
    const server = await next(first);
    const end = await endOf(server, run);
    expect(end).toMatchObject({ end_reason: 'input_error', success: false });
    expect(end.error).toContain('the server ended while the program ran');
    await server.stop();
  });

  test.each([
    ['by a pipe', shell('echo begun > "${output_pipe}"; touch begun; sleep 60; echo more > "${output_pipe}"', { ...pipeOut, timeout: 30 })],
    [
      'by a port',
      shell('(echo begun; touch begun; sleep 60) | socat -u - TCP-LISTEN:${port},bind=127.0.0.1', {
        ...byPort,
        input_adapter: undefined,
        timeout: 30,
      }),
    ],
  ])('an output that was coming out %s ends its run as broken off', async (_how, definition) => {
    const first = await startServer();
    const path = await defined(first, definition);
    const started = await first.send({ method: 'POST', path: `${path}execute/`, headers: { prefer: 'respond-async' } });
    const run = started.json.resource_uri;
    await until(
      () => first.send({ path: `${run}files/begun` }),
      ({ status }) => status === 200,
    );
    await crash(first);
    const server = await next(first);
    const end = await endOf(server, run);
    expect(end).toMatchObject({ end_reason: 'output_error', success: false });
    expect(end.error).toContain('the server ended while the program ran');
    await server.stop();
  });

  test('a message that had gone in whole by a pipe is not told as a fault', async () => {
    const first = await startServer();
    const path = await defined(first, shell('cat "${input_pipe}"; touch got; sleep 4', { ...pipeIn, timeout: 30 }));
    const started = await first.send({ method: 'POST', path: `${path}execute/`, body: 'message', headers: { prefer: 'respond-async' } });
    const run = started.json.resource_uri;
    await until(
      () => first.send({ path: `${run}files/got` }),
      ({ status }) => status === 200,
    );
    await crash(first);
    const server = await next(first);
    expect(await endOf(server, run)).toMatchObject({ end_reason: 'exit', success: true });
    expect((await server.send({ path: `${run}output/` })).text).toBe('message');
    await server.stop();
  });
});
