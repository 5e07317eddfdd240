// What has become of one example: whether it passed, and if not, where its run differs from what it promises.
import { isUtf8 } from 'node:buffer';
import { ApiProperty } from '@nestjs/swagger';
import { runUri } from '../http/urls.js';
import { type Content, contentBytes, type DefinitionExample } from '../model/definition.js';
import type { RunEntity } from '../runs/run.entity.js';

/** How much of an output is shown, in bytes. */
const shownBytes = 64 * 1024;
/** How much of a line is quoted, in characters. */
const quoted = 80;

const maybe = { nullable: true };
const content = {
  oneOf: [{ type: 'string' }, { type: 'object', properties: { base64: { type: 'string' } }, required: ['base64'] }, { type: 'null' }],
};

export class ExampleResult {
  @ApiProperty({ example: 'examples[0]', description: 'where it stands in the definition, or in the list of definitions' })
  path: string;

  @ApiProperty()
  passed: boolean;

  @ApiProperty({ type: String, ...maybe, description: 'why it has not passed, in one sentence' })
  error: string | null;

  @ApiProperty({ type: String, ...maybe, description: 'the resource_uri of its run; null: none was started' })
  run: string | null;

  @ApiProperty({ type: String, ...maybe })
  end_reason: string | null;

  @ApiProperty({ type: Number, ...maybe })
  exit_code: number | null;

  @ApiProperty({ ...content, description: 'the whole expected output; null: any' })
  expect: Content | null;

  @ApiProperty({ ...content, description: 'the first 64 KiB of the output; null: there was none' })
  output: Content | null;

  @ApiProperty({ type: Number, ...maybe })
  output_bytes: number | null;

  @ApiProperty({ type: String, ...maybe, description: 'the end of stderr, at most 4 KiB, of an example that has not passed' })
  stderr: string | null;
}

export class SelfTestBody {
  @ApiProperty({ description: 'whether all examples have passed' })
  passed: boolean;

  @ApiProperty({ type: [ExampleResult] })
  examples: ExampleResult[];
}

/** How many bytes of the output are needed to compare and to show it. */
export function neededBytes({ expect }: DefinitionExample): number {
  return Math.max(shownBytes, expect === undefined ? 0 : contentBytes(expect).length);
}

/** `output`: as much of it as `neededBytes` says; null: there is none. */
export function exampleResult(path: string, example: DefinitionExample, { row, output }: { row: RunEntity; output: Buffer | null }) {
  const error = endFault(example, row) ?? outputFault(example, output ?? Buffer.alloc(0), row.outputBytes ?? 0);
  return {
    path,
    passed: error === null,
    error,
    run: runUri(row.id),
    end_reason: row.endReason,
    exit_code: row.exitCode,
    expect: example.expect ?? null,
    output: output && shownContent(output),
    output_bytes: output && (row.outputBytes ?? 0),
    stderr: null,
  } satisfies ExampleResult;
}

/** An example whose run was not started. */
export function refusedExample(path: string, { expect }: DefinitionExample, error: string): ExampleResult {
  const nothing = { run: null, end_reason: null, exit_code: null, output: null, output_bytes: null, stderr: null };
  return { path, passed: false, error, expect: expect ?? null, ...nothing };
}

function endFault({ exit_code: wanted }: DefinitionExample, { success, endReason, exitCode, error }: RunEntity): string | null {
  if (wanted === undefined) return success ? null : (error ?? `the run ended by ${endReason}`);
  if (endReason === 'exit' && exitCode === wanted) return null;
  const ended = endReason === 'exit' ? `the program ended with exit code ${exitCode}` : (error ?? `the run ended by ${endReason}`);
  return `${ended}; expected exit code ${wanted}`;
}

function outputFault({ expect }: DefinitionExample, output: Buffer, outputBytes: number): string | null {
  if (expect === undefined) return null;
  const wanted = contentBytes(expect);
  if (outputBytes === wanted.length && output.equals(wanted)) return null;
  const at = firstDifference(output, wanted);
  if (!isText(output) || !isText(wanted))
    return `the output of ${outputBytes} bytes differs from the ${wanted.length} expected ones from byte ${at + 1} on`;
  const line = wanted.subarray(0, at).toString('latin1').split('\n').length;
  return `in line ${line} of the output: expected ${quotedLine(wanted, line)}, got ${quotedLine(output, line)}`;
}

function firstDifference(one: Buffer, other: Buffer): number {
  let at = 0;
  while (at < Math.min(one.length, other.length) && one[at] === other[at]) at++;
  return at;
}

/** With its end, so that a missing one is seen. */
function quotedLine(text: Buffer, number: number): string {
  const line = text.toString().split(/(?<=\n)/)[number - 1];
  if (line === undefined) return 'nothing';
  return line.length > quoted ? `${JSON.stringify(line.slice(0, quoted).toWellFormed())}…` : JSON.stringify(line);
}

function isText(bytes: Buffer): boolean {
  return isUtf8(bytes) && !bytes.includes(0);
}

/** What was cut inside a character is still text. */
function shownContent(bytes: Buffer): Content {
  const shown = bytes.subarray(0, shownBytes);
  if (isText(shown)) return shown.toString();
  const isCut = bytes.length >= shownBytes;
  for (let cut = 1; isCut && cut <= 3; cut++) if (isText(shown.subarray(0, -cut))) return shown.subarray(0, -cut).toString();
  return { base64: shown.toString('base64') };
}
