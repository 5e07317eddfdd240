// Checks that what an output adapter has collected is a valid output: the adapter may be a plugin's.
import { CodedError } from '../../model/coded-error.js';
import type { CollectedOutput } from '../../model/run-result.js';

const sources = ['stdout', 'stderr', 'file'];

/** Returns `output` itself. Throws output_error when its shape is wrong; `kind` is the adapter's. */
export function checkedOutput(output: CollectedOutput | null, kind: string): CollectedOutput | null {
  if (output === null) return null;
  const { source, bytes, contentType, name } = output;
  const isText = [contentType, name].every((text) => text === undefined || typeof text === 'string');
  if (sources.includes(source) && Number.isSafeInteger(bytes) && bytes >= 0 && isText) return output;
  throw new CodedError('output_error', `the output adapter '${kind}' returned an invalid output: ${JSON.stringify(output)?.slice(0, 200)}`);
}
