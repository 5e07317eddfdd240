// What was received of a program while it ran, as the output of its run.
import { stat } from 'node:fs/promises';
import { CodedError } from '../../model/coded-error.js';
import type { CollectedOutput } from '../../model/run-result.js';
import type { RunContext } from '../run/run-context.js';

/** Throws output_error when the output never became whole. */
export async function keptOutput({ control, order, output, keptSha256 }: RunContext): Promise<CollectedOutput> {
  const found = await stat(control.output).catch(() => null);
  if (!found) throw new CodedError('output_error', 'the output did not arrive whole');
  return {
    source: 'file',
    bytes: found.size,
    sha256: keptSha256,
    contentType: output.parameters.content_type as string | undefined,
    name: order.outputFile.name,
  };
}
