// Checks the paths in archives from outside: removes parts without meaning, and reports what is wrong with a path.
import { CodedError } from '../model/coded-error.js';
import { newPathFault, withoutEndingSlashes } from '../model/file-names.js';

export interface EntryPath {
  /** Empty: the target folder itself. */
  path: string;
  /** Decided by the name, which ends in a slash or in a dot. */
  isFolder: boolean;
}

/** The path without empty parts and `.`. */
export function shortPath(name: string): EntryPath {
  const isFolder = /(^|\/)\.?$/.test(name);
  const parts = withoutEndingSlashes(name.replace(/^(\.\/+)+/, '')).split('/');
  return { path: name.startsWith('/') ? name : parts.filter((part) => part !== '.').join('/'), isFolder };
}

/** Throws invalid_request for a path that a file of a run may not have. */
export function checkEntryPath(path: string): void {
  const fault = newPathFault(path);
  if (fault) throw unfitEntry(path, fault);
}

export function unfitEntry(path: string, why: string): CodedError {
  return new CodedError('invalid_request', `the entry ${JSON.stringify(path.slice(0, 300))} of the archive ${why}`);
}
