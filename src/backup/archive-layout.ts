// What a backup holds, in this order: the files of finished runs, the database, and what there must be in all.
import { storedPathFault } from '../model/file-names.js';

export const databaseEntry = 'registry.sqlite';
export const manifestEntry = 'manifest.json';
export const runsEntry = 'runs';

/** The last entry: an archive without it, or with other numbers, is not whole. */
export interface Manifest {
  format: 1;
  /** Of the program that made it. */
  version: string;
  createdAtMs: number;
  files: number;
  bytes: number;
}

/** An entry's path as its parts. Throws an Error for a name that no backup has: absolute, with .., or of something else. */
export function entryParts(name: string): string[] {
  const path = name.replace(/\/$/, '');
  const parts = path.split('/');
  const fault = storedPathFault(path) ?? (isKnown(parts) ? undefined : 'is no part of a backup');
  if (fault) throw new Error(`the archive has an entry ${JSON.stringify(name.slice(0, 300))}, whose name ${fault}`);
  return parts;
}

/** A run's own folder below runs/, and what is in it. */
function isKnown([first, id, ...rest]: string[]): boolean {
  if (id === undefined) return first === databaseEntry || first === manifestEntry || first === runsEntry;
  return first === runsEntry && isRunId(id) && rest.length < 64;
}

export function isRunId(name: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name);
}
