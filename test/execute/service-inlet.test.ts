// The input of a service: what happens to messages when it ends, and that none leaves anything behind.
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { adaptersOf } from '../../src/execute/adapters/adapters-of.js';
import type { MessageSink } from '../../src/execute/io/input-adapter.js';
import { TestHarness } from '../../src/execute/plugin-kit/test-harness.js';
import type { RunContext } from '../../src/execute/run/run-context.js';
import { ServiceInbox } from '../../src/execute/service/service-inbox.js';
import type { ProcessDefinition } from '../../src/model/definition.js';
import type { LaunchedProcess } from '../../src/worker/launcher.js';

let harness: TestHarness;
const running: LaunchedProcess[] = [];
beforeAll(() => {
  harness = new TestHarness();
});
afterAll(async () => {
  for (const process of running) {
    process.stop({ graceMs: 0 });
    await process.ended;
    process.release();
  }
  harness.close();
});

async function serve(definition: ProcessDefinition): Promise<{ context: RunContext; process: LaunchedProcess; sink: MessageSink }> {
  const { context, process } = await harness.serve(definition);
  running.push(process);
  return { context, process, sink: await adaptersOf(context).input.open!(context, process) };
}

const shell = (script: string, more: object = {}) => ({ exec: '/bin/sh', argv: ['-c', script], ...more });
const python = (script: string, more: object = {}) => ({ exec: '/usr/bin/python3', argv: ['-c', script, '${port}'], ...more });
const input = (input_type: string, input_parameters: object) => ({ input_adapter: { input_type, input_parameters } });
const port = { tcp_port: '${port}' };
const byPort = { ...input('port', port), output_adapter: { output_type: 'port', output_parameters: port } };
const message = (...pieces: (string | Buffer)[]) => Readable.from(pieces.map((piece) => Buffer.from(piece)));

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');
async function heapBytes(): Promise<number> {
  await sleep(10);
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

test('twenty thousand messages leave nothing in memory', async () => {
  const { sink } = await serve(shell('cat > /dev/null'));
  const inbox = new ServiceInbox();
  inbox.open(sink);
  const pass = async (count: number) => {
    for (let index = 0; index < count; index++) await inbox.send(message('word'));
    return heapBytes();
  };
  const before = await pass(2000);
  expect((await pass(20_000)) - before).toBeLessThan(2 * 2 ** 20);
  inbox.close();
});

/** How many listeners wait for its end, also through a promise that is derived from it. */
function countWaiters(process: LaunchedProcess): () => number {
  let count = 0;
  const watch = (promise: Promise<unknown>) => {
    const wait = promise.then.bind(promise);
    const counted = (...listeners: Parameters<typeof wait>) => {
      count++;
      return watch(wait(...listeners));
    };
    return Object.defineProperty(promise, 'then', { value: counted });
  };
  watch(process.ended);
  return () => count;
}

const echoServer = 'socat TCP-LISTEN:${port},bind=127.0.0.1,fork,reuseaddr EXEC:cat';
test.each([
  ['stdin', shell('cat')],
  [
    'append',
    shell('tail -n +1 -f "$0"', {
      argv: ['-c', 'tail -n +1 -f "$0"', '${input_file}'],
      ...input('append', { file_path: '${input_file}' }),
    }),
  ],
  ['pipe', shell('', { argv: ['-c', 'cat "$0"', '${input_pipe}'], ...input('pipe', { pipe_path: '${input_pipe}' }) })],
  ['port', shell(echoServer, byPort)],
  ['port, without a reply', shell(echoServer, input('port', port))],
])('a message by %s leaves no listener for the end of the program behind', async (_what, definition) => {
  const { context, process } = await harness.serve(definition);
  running.push(process);
  const waiters = countWaiters(process);
  const sink = await adaptersOf(context).input.open!(context, process);
  for (let index = 0; index < 30; index++) (await sink.send(message(`${index}`)))?.resume();
  expect(waiters()).toBeLessThan(5);
  await sink.close();
});

test('watching a file that a service appends to adds no listeners for the end of the program', async () => {
  const output_adapter = { output_type: 'append', output_parameters: { file_path: 'log' } };
  const { context, process } = await harness.serve(shell('sleep 1; echo word >> log', { output_adapter }));
  const waiters = countWaiters(process);
  const said: string[] = [];
  for await (const { bytes } of adaptersOf(context).output.frames!(context, process, 0)) said.push(String(bytes));
  expect(said).toEqual(['word\n']);
  expect(waiters()).toBeLessThan(5);
  process.release();
});

test('a message that a service had begun to take when it ended is an input_error, those that wait are refused as too late', async () => {
  const { process, sink } = await serve(shell('head -c 5; sleep 0.2; exec sleep 600'));
  const inbox = new ServiceInbox();
  inbox.open(sink);
  void process.ended.then(() => inbox.close());
  const large = inbox.send(message(Buffer.alloc(2 ** 20, 'x')));
  const next = inbox.send(message('next'));
  const outcomes = Promise.allSettled([large, next]);
  await sleep(300);
  process.stop({ graceMs: 0 });
  expect(await outcomes).toMatchObject([{ reason: { code: 'input_error' } }, { reason: { code: 'wrong_state' } }]);
});

test('an inbox that is closed stays closed, and closes the sink that it is opened with', async () => {
  const inbox = new ServiceInbox();
  inbox.close();
  let closes = 0;
  const sink = { send: async () => null, close: async () => void closes++ };
  expect(inbox.open(sink)).toBe(false);
  expect(closes).toBe(1);
  await expect(inbox.send(message('late'))).rejects.toMatchObject({ code: 'wrong_state' });
});

const listener = `
import os, socket, sys, time
listener = socket.create_server(('127.0.0.1', int(sys.argv[1])))
connection, _ = listener.accept()
`;

test('a message of which the program has read only half by its port is an input_error', async () => {
  const { sink } = await serve(python(`${listener}connection.recv(5)\nconnection.close()\ntime.sleep(600)`, byPort));
  const large = sink.send(message(Buffer.alloc(8 * 2 ** 20, 'x')));
  await expect(large).rejects.toMatchObject({ code: 'input_error' });
});

test('a message that breaks off on its way to a port is never taken for whole: the program sees a reset, not an end', async () => {
  const script = `${listener}connection.recv(5)
time.sleep(0.5)
try: print('whole' if connection.recv(5) == b'' else 'more', flush=True)
except ConnectionResetError: print('reset', flush=True)
`;
  const { process, sink } = await serve(python(script, input('port', port)));
  const breaking = new Readable({ read() {} });
  breaking.push('half');
  const sending = sink.send(breaking);
  await sleep(200);
  breaking.destroy(new Error('gone'));
  await expect(sending).rejects.toThrow();
  const { log } = await process.ended;
  expect(String(log)).toContain('reset');
});

const half = 'connection.sendall(b"half of")\n';
test.each([
  ['is killed', `${half}os.kill(os.getpid(), 9)`],
  ['fails', `${half}os._exit(3)`],
  [
    'resets its connection',
    `${half}time.sleep(0.2)\nconnection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\\1\\0\\0\\0\\0\\0\\0\\0")\nconnection.close()\ntime.sleep(600)`,
  ],
])('a reply of a program that %s breaks off with input_error', async (_what, script) => {
  const { sink } = await serve(python(`${listener}while connection.recv(1000): pass\n${script}`, byPort));
  const reply = await sink.send(message('word'));
  let said = '';
  const read = async () => {
    for await (const chunk of reply!) said += chunk;
  };
  await expect(read()).rejects.toMatchObject({ code: 'input_error' });
  expect(said).toBe('half of');
});

test.each([
  ['keeps running', 'time.sleep(600)'],
  ['ends well', ''],
])('the reply of a program that %s is whole, also when the inbox closes meanwhile', async (_what, script) => {
  const whole = 'connection.sendall(b"whole"); connection.close()\n';
  const { process, sink } = await serve(python(`${listener}while connection.recv(1000): pass\n${whole}${script}`, byPort));
  const inbox = new ServiceInbox();
  inbox.open(sink);
  const reply = await inbox.send(message('word'));
  if (script === '') await process.ended;
  inbox.close();
  let said = '';
  for await (const chunk of reply!) said += chunk;
  expect(said).toBe('whole');
});
