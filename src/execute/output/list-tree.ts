// What a program left in a folder: files and folders; links and special files are left out.
import { readdir } from 'node:fs/promises';
import { CodedError } from '../../protocol/coded-error.js';
import { type LeftPlace, openLeftDirectory } from '../left-behind.js';

/** More entries than this are refused: their names are held in memory. */
const entryBound = 100_000;

export interface LeftEntry {
  /** Relative to the folder. */
  path: string;
  directory: boolean;
}

/** What lies at `path` below `folder`. */
export function placeIn(folder: LeftPlace, path: string): LeftPlace {
  return { ...folder, path: `${folder.path}/${path}` };
}

/** Every file and folder below `folder`, a folder before what is in it. */
export async function listTree(folder: LeftPlace): Promise<LeftEntry[]> {
  const found: LeftEntry[] = [];
  const waiting = [''];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    for (const entry of await listFolder(folder, path)) {
      found.push(entry);
      if (entry.directory) waiting.push(`${entry.path}/`);
    }
    if (found.length > entryBound) throw new CodedError('output_error', `the program left more than ${entryBound} files`);
  }
  return found;
}

/** `prefix` is empty or ends in a slash. */
async function listFolder(folder: LeftPlace, prefix: string): Promise<LeftEntry[]> {
  const handle = await openLeftDirectory(prefix ? placeIn(folder, prefix.slice(0, -1)) : folder);
  try {
    const entries = await readdir(`/proc/self/fd/${handle.fd}`, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() || entry.isDirectory())
      .map((entry) => ({ path: prefix + entry.name, directory: entry.isDirectory() }));
  } finally {
    await handle.close();
  }
}
