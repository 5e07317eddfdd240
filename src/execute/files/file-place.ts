// Where the files of one run are, and which paths may be asked for there.
import { CodedError } from '../../model/coded-error.js';
import { keptPathFault, newPathFault } from '../../model/file-names.js';
import { type LeftPlace, MissingEntry } from './safe-open.js';

export interface FilePlace extends LeftPlace {
  /** False once nothing may be changed any more. Asked right before a change becomes visible. */
  isOpen(): boolean;
  /** The place may be given away. */
  done(): void;
}

/** Throws invalid_request for a path that no file of a run can have. */
export function checkPath(path: string): void {
  refuse(path, keptPathFault(path));
}

/** Like checkPath, for a file that is to be created. */
export function checkNewPath(path: string): void {
  refuse(path, newPathFault(path));
}

function refuse(path: string, fault: string | undefined): void {
  if (fault) throw new CodedError('invalid_request', `the path ${JSON.stringify(path.slice(0, 300))} ${fault}`);
}

export function checkOpen(place: FilePlace): void {
  if (!place.isOpen()) throw new CodedError('wrong_state', 'the run has changed its state meanwhile; its files were not changed');
}

const missingCodes = ['ENOENT', 'ENOTDIR', 'ELOOP'];

/** The error to throw in place of the one that occurred when `path` was opened. */
export function missing(error: unknown, path: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  const isAbsent = error instanceof MissingEntry || missingCodes.includes(code ?? '');
  if (isAbsent) return new CodedError('not_found', `the run has no file '${path}'`);
  if (code === 'output_error') return new CodedError('not_found', `the run has no readable file '${path}': ${message}`);
  if (code === 'EACCES') return new CodedError('not_found', `'${path}' cannot be reached: permissions in the run's folder forbid it`);
  if (code === 'ENAMETOOLONG') return new CodedError('invalid_request', `a name in '${path}' is longer than the file system allows`);
  return error;
}
