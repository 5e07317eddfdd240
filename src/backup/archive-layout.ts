// The layout of a backup, in this order: the files of finished runs, the database, and the manifest.
import { storedPathFault } from '../model/file-names.js';

export const databaseEntry = 'registry.sqlite';
export const manifestEntry = 'manifest.json';
export const runsEntry = 'runs';

/** The last entry: an archive without a manifest, or with other numbers than its manifest, is not complete. */
export interface Manifest {
  format: 1;
  /** The version of the program that made the backup. */
  version: string;
  createdAtMs: number;
  files: number;
  bytes: number;
}

/** The parts of the path of an entry. Throws an Error for a name that a backup cannot have: absolute, with .., or unknown. */
export function entryParts(name: string): string[] {
  const path = name.replace(/\/$/, '');
  const parts = path.split('/');
  const fault = storedPathFault(path) ?? (isKnown(parts) ? undefined : 'is not part of a backup');
  if (fault) throw new Error(`the archive has an entry ${JSON.stringify(name.slice(0, 300))}, whose name ${fault}`);
  return parts;
}

/** Whether the path is known: the folder of a run below runs/, or a file in it. */
function isKnown([first, id, ...rest]: string[]): boolean {
  if (id === undefined) return first === databaseEntry || first === manifestEntry || first === runsEntry;
  return first === runsEntry && isRunId(id) && rest.length < 64;
}

export function isRunId(name: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name);
}
