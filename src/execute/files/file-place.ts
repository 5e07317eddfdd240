// Where the files of one run are, and which paths may be asked for there.
import { CodedError } from '../../protocol/coded-error.js';
import { relativePathFault } from '../../protocol/file-names.js';
import type { LeftPlace } from '../left-behind.js';

/** Deeper folders are neither made nor looked into: each one is a descriptor and a look-up. */
export const depthBound = 100;
const pathBytesBound = 4096;

export interface FilePlace extends LeftPlace {
  /** False once nothing may be changed any more; asked right before a change shows. */
  isOpen(): boolean;
  /** The place may be given away. */
  done(): void;
}

/** Throws invalid_request. */
export function checkPath(path: string): void {
  const tooLong = Buffer.byteLength(path) > pathBytesBound || path.split('/').length > depthBound;
  const fault = relativePathFault(path) ?? (tooLong ? `is longer than ${pathBytesBound} bytes or ${depthBound} folders` : undefined);
  if (fault) throw new CodedError('invalid_request', `the path ${JSON.stringify(path.slice(0, 300))} ${fault}`);
}

export function checkOpen(place: FilePlace): void {
  if (!place.isOpen()) throw new CodedError('wrong_state', 'the run went on meanwhile; its files were not changed');
}

const missingCodes = ['output_error', 'ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES'];

/** To be thrown instead of what went wrong when `path` was opened. */
export function missing(error: unknown, path: string): unknown {
  const found = missingCodes.includes((error as NodeJS.ErrnoException).code ?? '');
  return found ? new CodedError('not_found', `the run has no file '${path}'`) : error;
}
