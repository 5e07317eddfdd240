// The paths in archives from outside: what says nothing is left out of them, and what is wrong with one is said as it is.
import { CodedError } from '../model/coded-error.js';
import { newPathFault, withoutEndingSlashes } from '../model/file-names.js';

export interface EntryPath {
  /** Empty: the folder that is unpacked into. */
  path: string;
  /** By its name: it ends in a slash, or in a dot. */
  isFolder: boolean;
}

/** Without the parts that stay where they are. */
export function shortPath(name: string): EntryPath {
  const isFolder = /(^|\/)\.?$/.test(name);
  const parts = withoutEndingSlashes(name.replace(/^(\.\/+)+/, '')).split('/');
  return { path: name.startsWith('/') ? name : parts.filter((part) => part !== '.').join('/'), isFolder };
}

/** Throws invalid_request for a path that no file of a run may have. */
export function checkEntryPath(path: string): void {
  const fault = newPathFault(path);
  if (fault) throw unfitEntry(path, fault);
}

export function unfitEntry(path: string, why: string): CodedError {
  return new CodedError('invalid_request', `the entry ${JSON.stringify(path.slice(0, 300))} of the archive ${why}`);
}
