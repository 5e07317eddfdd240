// The interface of procaas over WebSocket: what goes in, what comes back, how it is closed, and clients that go away.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { interactive, shellCommand, workFiles } from '../support/process-api.js';
import { leftAfter, marked } from '../support/processes.js';
import { until } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';
import { statusOfLine } from '../support/web-socket.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server.stop());

describe('/process_interactive', () => {
  test('brings stdout and stderr in binary frames', async () => {
    const line = await interactive(server, shellCommand('echo out; echo err >&2'));
    expect((await line.closed).code).toBe(1000);
    expect(Buffer.concat(line.frames).toString().split('\n').sort()).toEqual(['', 'err', 'out']);
  });

  test('echoes what cat is sent, text and bytes, as it comes', async () => {
    const line = await interactive(server, { cmd: ['cat'] });
    const said = () => Buffer.concat(line.frames).toString('latin1');
    line.socket.send('text');
    await until(said, (text) => text === 'text');
    line.socket.send(Buffer.from([0, 255, 10]));
    await until(said, (text) => text === 'text\x00\xff\n');
    line.cut();
  });

  test('closes with 1011 and the reason, at most 123 bytes of it', async () => {
    const failed = await interactive(server, shellCommand('exit 3'));
    expect(await failed.closed).toEqual({ code: 1011, reason: 'ProcessException: the program ended with exit code 3' });
    const late = await interactive(server, shellCommand('sleep 30', { timeoutMillis: 300 }));
    expect(await late.closed).toEqual({ code: 1011, reason: 'ProcessTimeoutException: Process timeout' });
    const missing = await interactive(server, { cmd: [`/no/such/${'é'.repeat(90)}`] });
    const { code, reason } = await missing.closed;
    expect([code, Buffer.byteLength(reason) <= 123, reason.includes('\ufffd')]).toEqual([1011, true, false]);
  });

  test('is refused before the upgrade: 400, 401, 403, 426', async () => {
    const path = (data: unknown) => `/process_interactive?data=${encodeURIComponent(JSON.stringify(data))}`;
    expect(await statusOfLine(server, '/process_interactive')).toBe(400);
    expect(await statusOfLine(server, '/process_interactive?data={')).toBe(400);
    expect(await statusOfLine(server, path({ cmd: [] }))).toBe(400);
    expect(await statusOfLine(server, path({ cmd: ['true'] }), { login: '' })).toBe(401);
    await server.user('runs-only:pw', 'runner');
    expect(await statusOfLine(server, path({ cmd: ['true'] }), { login: 'runs-only:pw' })).toBe(403);
    expect(await statusOfLine(server, path({ cmd: ['true'] }), { headers: { origin: 'http://evil.example' } })).toBe(403);
    expect((await server.send({ path: path({ cmd: ['true'] }) })).status).toBe(426);
  });

  test('ends the process tree of a client that goes away, and removes its work directory', async () => {
    const mark = `TALK${process.pid}`;
    const script = `trap '' TERM; touch left; (setsid sh -c 'trap "" TERM; while :; do sleep 0.1; done' &); echo up; while :; do sleep 0.1; done`;
    const line = await interactive(server, shellCommand(script, { envs: { MARK: mark } }));
    await until(
      () => line.frames.length,
      (count) => count > 0,
    );
    line.cut();
    expect(await leftAfter(2000, () => marked(mark))).toEqual([]);
    await until(
      () => workFiles(server),
      (names) => names.length === 0,
    );
  });
});

test('ends a program that reads nothing within two seconds after its client has gone away, although much input waits for it', async () => {
  const mark = `DEAF${process.pid}`;
  const line = await interactive(server, shellCommand('echo up; exec sleep 60', { envs: { MARK: mark } }));
  await until(
    () => line.frames.length,
    (count) => count > 0,
  );
  for (let sent = 0; sent < 8; sent++) line.socket.send(Buffer.alloc(2 ** 19));
  // now so much input waits that the server does not read any more
  await until(
    () => line.socket.bufferedAmount,
    (waiting) => waiting < 2 ** 21,
  );
  line.cut();
  expect(await leftAfter(2500, () => marked(mark))).toEqual([]);
});
