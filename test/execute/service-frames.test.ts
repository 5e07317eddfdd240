// The output of services, message by message, where the contract of output adapters does not cover it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { adaptersOf } from '../../src/execute/adapters/adapters-of.js';
import type { OutputFrame } from '../../src/execute/io/output-adapter.js';
import { TestHarness } from '../../src/execute/plugin-kit/test-harness.js';
import type { LaunchedProcess } from '../../src/worker/launcher.js';

let harness: TestHarness;
beforeAll(() => {
  harness = new TestHarness();
});
afterAll(() => harness.close());

/** All messages of a service until it has ended. */
async function framesOf(script: string, output_type: string, output_parameters: Record<string, unknown>, from = 0): Promise<OutputFrame[]> {
  const { context, process } = await harness.serve({
    exec: '/bin/bash',
    argv: ['-c', script],
    output_adapter: { output_type, output_parameters },
  });
  const found: OutputFrame[] = [];
  for await (const frame of adaptersOf(context).output.frames!(context, process, from)) found.push(frame);
  await ended(process);
  return found;
}

async function ended(process: LaunchedProcess): Promise<void> {
  await process.ended;
  process.release();
}

const textsOf = (frames: OutputFrame[]) => frames.map(({ bytes }) => bytes.toString());

test('a file that is replaced, and one that is emptied, are followed from their beginning', async () => {
  const script = `echo one >> log; echo two >> log; sleep 0.3; mv log old; echo three >> log; sleep 0.3; : > log; sleep 0.3; echo 4 >> log; sleep 0.3`;
  expect(textsOf(await framesOf(script, 'append', { file_path: 'log' }))).toEqual(['one\n', 'two\n', 'three\n', '4\n']);
});

test('a line is a message once it is whole; the last one may lack its newline', async () => {
  const script = 'printf on >> log; sleep 0.2; printf "e\\ntw" >> log; sleep 0.2; printf o >> log';
  const frames = await framesOf(script, 'append', { file_path: 'log' });
  expect([textsOf(frames), frames.map(({ position }) => position)]).toEqual([
    ['one\n', 'two'],
    [4, 7],
  ]);
});

test('lengths separate messages, on STDOUT next to STDERR', async () => {
  const script = String.raw`printf '\0\0\0\3a\nb'; echo no message >&2; printf '\0\0'; sleep 0.1; printf '\0\1c\0\0\0\0'`;
  expect(textsOf(await framesOf(script, 'file', { file_type: 'stream', framing: 'length32' }))).toEqual(['a\nb', 'c', '']);
});

test('a message that is cut short is an output_error', async () => {
  const cut = framesOf(String.raw`printf '\0\0\0\9abc'`, 'file', { file_type: 'stream', framing: 'length32' });
  await expect(cut).rejects.toMatchObject({ code: 'output_error' });
});

test('a large log is read from a position in its midst', async () => {
  const script = 'for i in $(seq 20000); do echo "line $i"; [ $((i % 500)) = 0 ] && echo "$i" >&2; done; true';
  const all = await framesOf(script, 'file', { file_type: 'stream' });
  expect(all).toHaveLength(20_000);
  const rest = await framesOf(script, 'file', { file_type: 'stream' }, all[14_999].position);
  expect(textsOf(rest)).toEqual(textsOf(all.slice(15_000)));
});

test('a port is read anew when the program has closed the connection', async () => {
  const script = 'for i in 1 2 3; do echo $i | socat -u - TCP-LISTEN:${port},bind=127.0.0.1,reuseaddr; done'.replace('${port}', '$PORT');
  const { context, process } = await harness.serve({
    exec: '/bin/bash',
    argv: ['-c', script],
    environment: { PORT: '${port}' },
    output_adapter: { output_type: 'port', output_parameters: { tcp_port: '${port}' } },
  });
  const found: OutputFrame[] = [];
  for await (const frame of adaptersOf(context).output.frames!(context, process, 0)) found.push(frame);
  expect(textsOf(found)).toEqual(['1\n', '2\n', '3\n']);
  await ended(process);
});
