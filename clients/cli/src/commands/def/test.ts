// Runs the examples of a definition, and shows what those that fail have printed instead.
import type { Act } from '../../command-row.js';
import { colouredDiff } from '../../definitions/rendered.js';
import { definitionPath } from '../../definitions/stored-definition.js';
import { testMs } from '../../definitions/write-definition.js';
import { exitCodes, Failure } from '../../failure.js';
import { paint } from '../../terminal/paint.js';
import { plain, print, printJson } from '../../terminal/table.js';

type Content = string | { base64: string };

interface ExampleResult {
  passed: boolean;
  /** Not said by older servers. */
  error?: string | null;
  run: string | null;
  end_reason: string | null;
  expect: Content | null;
  output: Content | null;
  output_bytes?: number | null;
  stderr?: string | null;
}

/** Exit code 1 when an example fails, or there is none. */
export const test: Act = async (session, [ref], { json }: { json?: boolean }) => {
  const sent = { method: 'POST', path: `${definitionPath(ref)}selftest/`, silenceMs: testMs };
  const { passed, examples } = await session.connection.json<{ passed: boolean; examples: ExampleResult[] }>(sent);
  if (json) printJson({ passed, examples });
  else for (const [index, one] of examples.entries()) print(`${linesOf(index + 1, one).join('\n')}\n`);
  if (examples.length === 0) throw new Failure(`${ref} has no examples`, { hint: `procreg def edit ${ref}` });
  return passed ? 0 : exitCodes.failed;
};

function linesOf(number: number, { passed, run, ...more }: ExampleResult): string[] {
  const place = `example ${number}${run === null ? '' : `, run ${plain(run.split('/').at(-2) ?? '')}`}`;
  if (passed) return [`${paint('green', 'passed')} ${place}`];
  const error = more.error ?? (more.end_reason === 'exit' ? 'its output is not what was expected' : `it ended by ${more.end_reason}`);
  const shown = [...differenceOf(more), ...stderrOf(more)].map((line) => `  ${line}`);
  return [`${paint('red', 'failed')} ${place}: ${plain(error)}`, ...shown];
}

/** From what is expected to what came; nothing where one of both is not text, or is not known as a whole. */
function differenceOf({ expect, output, output_bytes: bytes }: Pick<ExampleResult, 'expect' | 'output' | 'output_bytes'>): string[] {
  if (typeof expect !== 'string' || typeof output !== 'string' || expect === output) return [];
  const isCut = bytes !== undefined && bytes !== null && bytes > Buffer.byteLength(output);
  return isCut ? [] : colouredDiff(expect, output);
}

function stderrOf({ stderr }: Pick<ExampleResult, 'stderr'>): string[] {
  if (!stderr) return [];
  return [
    'stderr:',
    ...stderr
      .trimEnd()
      .split('\n')
      .map((line) => `  ${plain(line)}`),
  ];
}
