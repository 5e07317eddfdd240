// What every input adapter must do, as checks by name that any test runner can call.
import { PassThrough, Readable } from 'node:stream';
import type { ProcessDefinition } from '../../model/definition.js';
import { adaptersOf } from '../adapters/adapters-of.js';
import { CheckError, inline, live, same, TestHarness, within } from './test-harness.js';

export interface Check {
  name: string;
  check: () => Promise<void>;
}

export interface InputSubject {
  /** A `single` definition that uses the adapter, with a program that returns its message as the output. */
  echo: ProcessDefinition;
  /** A service that uses the adapter and writes each message to STDOUT, one line each; only when the adapter has `open`. */
  service?: ProcessDefinition;
  /** The most bytes that the adapter takes; default 1 MiB. */
  largestBytes?: number;
  /** What comes back for a message; default: the message. */
  expected?: (message: Buffer) => Buffer;
  /** The end reason of a program that never reads its message; default: exit, with success. */
  ignored?: 'exit' | 'input_error';
}

const soonMs = 10_000;

export function inputContract(subject: InputSubject): Check[] {
  const { echo, largestBytes = 2 ** 20, expected = (message: Buffer) => message, ignored = 'exit' } = subject;
  const large = Buffer.alloc(largestBytes, 'all of the message\n');
  const comesBack = async (harness: TestHarness, sent: Parameters<TestHarness['run']>[1], message: Buffer) => {
    const { result, output } = await within(soonMs, 'the run', harness.run(echo, sent));
    same(result.error, null, 'the run failed');
    same(output, expected(message), 'another message came');
  };
  const checks: Record<string, (harness: TestHarness) => Promise<void>> = {
    'a small message comes whole': (harness) => comesBack(harness, inline('a message\n'), Buffer.from('a message\n')),
    'a large message that comes piece by piece comes whole': (harness) =>
      comesBack(harness, live(large.subarray(0, 10), large.subarray(10)), large),
    'a large message that was spooled comes whole': (harness) => comesBack(harness, harness.spooled(large), large),
    'an empty message is a message, too': (harness) => comesBack(harness, {}, Buffer.alloc(0)),
    'a program that never reads its message ends as usual': async (harness) => {
      const { result } = await within(soonMs, 'the run', harness.run({ ...echo, exec: '/bin/true', argv: [] }, live(large)));
      same(result.endReason, ignored, 'another end');
    },
    'a program that fails fails by its exit code': async (harness) => {
      const { result } = await within(
        soonMs,
        'the run',
        harness.run({ ...echo, exec: '/bin/sh', argv: ['-c', 'exit 3'] }, inline('message')),
      );
      same([result.endReason, result.exitCode], ['exit', 3], 'another end');
    },
    'a run whose message breaks off does not succeed': breaksOff(echo),
    'a run that waits for its message can be stopped': async (harness) => {
      const waiting = { ...echo, exec: '/bin/sleep', argv: ['60'] };
      const { run, result, started } = harness.begin(waiting, inline('message'));
      await within(soonMs, 'the start', started);
      run.stop({ error: 'stopped' });
      same((await within(soonMs, 'the stop', result)).result.endReason, 'stop', 'another end');
    },
    'only files are left': async (harness) => {
      await harness.run(echo, inline('message'));
      same(await harness.pipesLeft(), [], 'pipes');
    },
  };
  if (subject.service) checks['a service gets message after message, also after its sink was reopened'] = messages(subject.service);
  return Object.entries(checks).map(([name, check]) => ({ name, check: () => inHarness(check) }));
}

export async function inHarness(check: (harness: TestHarness) => Promise<void>): Promise<void> {
  const harness = new TestHarness();
  try {
    await check(harness);
  } finally {
    harness.close();
  }
}

function breaksOff(echo: ProcessDefinition): (harness: TestHarness) => Promise<void> {
  return async (harness) => {
    const message = new PassThrough();
    message.write('half of a');
    setTimeout(() => message.destroy(), 200);
    const { result } = await within(soonMs, 'the run', harness.run(echo, { live: message }));
    if (result.success) throw new CheckError('half of a message was taken for a whole message');
  };
}

function messages(service: ProcessDefinition): (harness: TestHarness) => Promise<void> {
  return async (harness) => {
    const { context, process } = await harness.serve(service);
    const { input } = adaptersOf(context);
    if (!input.open) throw new CheckError('the adapter has no open()');
    try {
      let sink = await within(soonMs, 'open()', input.open(context, process));
      await within(soonMs, 'send()', sink.send(Readable.from([Buffer.from('one')])));
      await within(soonMs, 'send()', sink.send(Readable.from([Buffer.from('two\n')])));
      await sink.close();
      sink = await within(soonMs, 'open()', input.open(context, process));
      await within(soonMs, 'send()', sink.send(Readable.from([Buffer.from('three')])));
      await within(soonMs, 'the messages', logHas(process, 'one\ntwo\nthree\n'));
      await sink.close();
    } finally {
      process.stop({});
      await process.ended;
      process.release();
    }
  };
}

async function logHas(process: Awaited<ReturnType<TestHarness['serve']>>['process'], text: string): Promise<void> {
  const log = process.openLog();
  let said = '';
  for (;;) {
    const change = log.changed();
    const bytes = await log.read(0, log.sizeBytes);
    said = textOf(bytes);
    if (said.includes(text)) return log.close();
    if (log.ended) throw new CheckError(`the service said ${JSON.stringify(said)} instead of ${JSON.stringify(text)}`);
    await change;
  }
}

/** The bytes of a framed log without the frame headers. */
function textOf(log: Buffer): string {
  let text = '';
  for (let at = 0; at + 16 <= log.length; ) {
    const end = at + 16 + log.readUInt32LE(at + 4);
    text += log.subarray(at + 16, end).toString();
    at = end;
  }
  return text;
}
