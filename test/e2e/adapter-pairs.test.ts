// Every input adapter with every output adapter: a mebibyte goes in and comes out, whichever side is slower.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Ground, grounds, startOn } from '../support/hostile.js';
import { execute } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

const bytes = 2 ** 20;
const untilWhole = `import sys, time
with open(sys.argv[1], 'rb') as file:
  while file.tell() < ${bytes}:
    sys.stdout.buffer.write(file.read() or (time.sleep(0.01), b'')[1])`;

const read: Record<string, [object, string]> = {
  STDIN: [{ input_type: 'file', input_parameters: { file_type: 'stream', stream_name: 'STDIN' } }, 'cat'],
  'a file': [{ input_type: 'file', input_parameters: { file_path: '${input_file}' } }, 'cat "${input_file}"'],
  'an appended file': [
    { input_type: 'append', input_parameters: { file_path: '${input_file}', delimiter: '' } },
    `python3 -c "${untilWhole}" "\${input_file}"`,
  ],
  'a pipe': [{ input_type: 'pipe', input_parameters: { pipe_path: '${input_pipe}' } }, 'cat "${input_pipe}"'],
  'a pipe with a name': [{ input_type: 'pipe', input_parameters: { pipe_path: 'pipes/in' } }, 'cat pipes/in'],
  'a port': [{ input_type: 'port', input_parameters: { tcp_port: '${port}' } }, 'socat -u TCP-LISTEN:${port},bind=127.0.0.1 -'],
};

const write: Record<string, [object, string]> = {
  STDOUT: [{ output_type: 'file', output_parameters: { file_type: 'stream', stream_name: 'STDOUT' } }, 'cat'],
  'a file': [{ output_type: 'file', output_parameters: { file_path: '${output_file}' } }, 'cat > "${output_file}"'],
  'an appended file': [{ output_type: 'append', output_parameters: { file_path: 'log' } }, 'cat >> log'],
  'a pipe': [{ output_type: 'pipe', output_parameters: { pipe_path: '${output_pipe}' } }, 'cat > "${output_pipe}"'],
  'a pipe with a name': [{ output_type: 'pipe', output_parameters: { pipe_path: 'pipes/out' } }, 'cat > pipes/out'],
  'a port': [{ output_type: 'port', output_parameters: { tcp_port: '${port}' } }, 'socat -u - TCP-LISTEN:${port},bind=127.0.0.1'],
};

const pairs = Object.keys(read).flatMap((input) => Object.keys(write).map((output) => [input, output] as const));

function definitionOf(input: string, output: string): object {
  const [input_adapter, reading] = read[input];
  const [output_adapter, writing] = write[output];
  const both = input === 'a port' && output === 'a port';
  const script = both ? 'socat -t 10 TCP-LISTEN:${port},bind=127.0.0.1 EXEC:cat' : `${reading} | ${writing}`;
  return { exec: '/bin/sh', argv: ['-c', script], timeout: 30, input_adapter, output_adapter };
}

async function expectThrough(server: TestServer, [input, output]: readonly [string, string]): Promise<void> {
  const body = randomBytes(bytes);
  const answer = await execute(server, definitionOf(input, output), { body });
  expect(answer.status, answer.status === 200 ? 'ok' : answer.text).toBe(200);
  expect(answer.bytes.equals(body)).toBe(true);
}

describe('on this machine', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());

  test.each(pairs)('%s to %s', async (input, output) => expectThrough(server, [input, output]));
});

const some = pairs.filter(([input, output]) => input === output || output === 'STDOUT');

describe.each([
  ...grounds.map(([name, ground]) => [name, ground, {}] as [string, Ground, Record<string, string>]),
  ['the launcher child_process', { level: 'process', options: {} } as Ground, { LAUNCHER: 'child_process' }] as const,
])('by %s', (_name, ground, settings) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startOn(ground, settings);
  });
  afterAll(() => server.stop());

  test.each(some)('%s to %s', async (input, output) => expectThrough(server, [input, output]));
});
