// What every output adapter must do, as checks by name that any test runner can call.
import type { ProcessDefinition } from '../../model/definition.js';
import { adaptersOf } from '../adapters/adapters-of.js';
import type { OutputFrame } from '../io/output-adapter.js';
import { type Check, inHarness } from './input-contract.js';
import { CheckError, inline, live, same, type TestHarness, within } from './test-harness.js';

export interface OutputSubject {
  /** A `single` definition that uses the adapter, with a program that returns its STDIN as the output. */
  echo: ProcessDefinition;
  /** A service that writes the lines `one`, `two` and `three` as three messages and then waits; only when the adapter has `frames`. */
  service?: ProcessDefinition;
  /** What comes out for a message; default: the message. Null: no output. */
  expected?: (message: Buffer) => Buffer | null;
  /** Used in place of `expected` where the exact bytes of the output are not known. */
  check?: (output: Buffer | null, message: Buffer) => void;
  /** The end reason of a program that leaves no output; default: output_error. */
  missing?: 'exit' | 'output_error';
}

const soonMs = 10_000;

export function outputContract(subject: OutputSubject): Check[] {
  const { echo, expected = (message: Buffer) => message, missing = 'output_error' } = subject;
  const check = subject.check ?? ((output: Buffer | null, message: Buffer) => same(output, expected(message), 'another output came'));
  const large = Buffer.alloc(2 ** 20, 'all of the output\n');
  const comesOut = async (harness: TestHarness, sent: Parameters<TestHarness['run']>[1], message: Buffer) => {
    const { result, output } = await within(soonMs, 'the run', harness.run(echo, sent));
    same(result.error, null, 'the run failed');
    same(result.output?.bytes, output?.length, 'the reported size differs');
    check(output, message);
  };
  const checks: Record<string, (harness: TestHarness) => Promise<void>> = {
    'a small output comes whole': (harness) => comesOut(harness, inline('an output\n'), Buffer.from('an output\n')),
    'a large output comes whole': (harness) => comesOut(harness, live(large), large),
    'an empty output is an output, too': (harness) => comesOut(harness, inline(''), Buffer.alloc(0)),
    'a program that leaves no output ends as declared': async (harness) => {
      const { result } = await within(soonMs, 'the run', harness.run({ ...echo, exec: '/bin/true', argv: [] }));
      same(result.endReason, missing, 'another end');
    },
    'a program that fails fails by its exit code': async (harness) => {
      const { result } = await within(soonMs, 'the run', harness.run({ ...echo, exec: '/bin/sh', argv: ['-c', 'exit 3'] }));
      same([result.endReason, result.exitCode], ['exit', 3], 'another end');
    },
    'a program that never ends ends with its timeout': async (harness) => {
      const { result } = await within(soonMs, 'the run', harness.run({ ...echo, exec: '/bin/sleep', argv: ['60'], timeout: 0.3 }));
      same(result.endReason, 'timeout', 'another end');
    },
    'only files are left': async (harness) => {
      await harness.run(echo, inline('output'));
      same(await harness.pipesLeft(), [], 'pipes');
    },
  };
  if (expected(large) !== null) {
    checks['a run that writes more than it may does not succeed'] = async (harness) => {
      const { result } = await within(soonMs, 'the run', harness.run(echo, { ...live(large), outputLimitBytes: 1000 }));
      same(result.endReason, 'output_limit', 'another end');
    };
  }
  if (subject.service) checks['a service returns message after message, and repeats those after a position'] = frames(subject.service);
  return Object.entries(checks).map(([name, one]) => ({ name, check: () => inHarness(one) }));
}

function frames(service: ProcessDefinition): (harness: TestHarness) => Promise<void> {
  return async (harness) => {
    const { context, process } = await harness.serve(service);
    const { output } = adaptersOf(context);
    if (!output.frames) throw new CheckError('the adapter has no frames()');
    try {
      const found = await within(soonMs, 'the messages', take(output.frames(context, process, 0), 3));
      same(texts(found), ['one\n', 'two\n', 'three\n'], 'other messages came');
      if (found[0].position === 0) return;
      const again = await within(soonMs, 'the messages', take(output.frames(context, process, found[0].position), 2));
      same(texts(again), ['two\n', 'three\n'], 'other messages came after the first');
      const rest = take(output.frames(context, process, found[2].position), 1);
      process.stop({});
      same(await within(soonMs, 'the end of the messages', rest), [], 'more messages came');
    } finally {
      process.stop({});
      await process.ended;
      process.release();
    }
  };
}

const texts = (found: OutputFrame[]) => found.map(({ bytes }) => bytes.toString());

async function take(source: AsyncIterable<OutputFrame>, count: number): Promise<OutputFrame[]> {
  const found: OutputFrame[] = [];
  for await (const frame of source) if (found.push(frame) === count) break;
  return found;
}
