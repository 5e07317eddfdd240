// Whether what an output adapter has collected is an output: it may be a plugin's.
import { CodedError } from '../../model/coded-error.js';
import type { CollectedOutput } from '../../model/run-result.js';

const sources = ['stdout', 'stderr', 'file'];

/** The same. Throws output_error when it is of another shape; `kind` is the adapter's. */
export function checkedOutput(output: CollectedOutput | null, kind: string): CollectedOutput | null {
  if (output === null) return null;
  const { source, bytes, contentType, name } = output;
  const isText = [contentType, name].every((text) => text === undefined || typeof text === 'string');
  if (sources.includes(source) && Number.isSafeInteger(bytes) && bytes >= 0 && isText) return output;
  throw new CodedError('output_error', `the output adapter '${kind}' says of its output ${JSON.stringify(output)?.slice(0, 200)}`);
}
