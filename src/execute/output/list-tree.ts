// What a program left in a folder: files and folders; links and special files are left out.
import { isUtf8 } from 'node:buffer';
import { readdir } from 'node:fs/promises';
import { CodedError } from '../../model/coded-error.js';
import { shownIn } from '../directories/entry-names.js';
import { type LeftPlace, openLeftDirectory } from '../files/safe-open.js';

/** The most entries: a tree with more is refused, since the names are held in memory. */
const entryBound = 100_000;

export interface LeftEntry {
  /** Relative to the folder. */
  path: string;
  directory: boolean;
  /** A name in `path` is not UTF-8 and is percent-encoded there. */
  encoded: boolean;
}

/** The place of an entry that was listed at `path` below `folder`. */
export function listedIn(folder: LeftPlace, path: string): LeftPlace {
  return { ...folder, path: `${folder.path}/${path}`, isListed: true };
}

/** Every file and folder below `folder`, a folder before what is in it. */
export async function listTree(folder: LeftPlace): Promise<LeftEntry[]> {
  const found = await listFolder(folder, null);
  const waiting = found.filter(({ directory }) => directory);
  for (let above = waiting.pop(); above; above = waiting.pop()) {
    const entries = await listFolder(listedIn(folder, above.path), above);
    for (const entry of entries) {
      found.push(entry);
      if (entry.directory) waiting.push(entry);
    }
    if (found.length > entryBound) throw new CodedError('output_error', `the program left more than ${entryBound} files`);
  }
  return found;
}

/** `above`: null for the folder that is listed as a whole. */
async function listFolder(place: LeftPlace, above: LeftEntry | null): Promise<LeftEntry[]> {
  const folder = await openLeftDirectory(place);
  try {
    const entries = await readdir(`/proc/self/fd/${folder.fd}`, { withFileTypes: true, encoding: 'buffer' });
    const found: LeftEntry[] = [];
    for (const entry of entries) {
      if (!entry.isFile() && !entry.isDirectory()) continue;
      const name = await shownIn(folder, entry.name);
      const encoded = above?.encoded === true || !isUtf8(entry.name);
      found.push({ path: above ? `${above.path}/${name}` : name, directory: entry.isDirectory(), encoded });
    }
    return found;
  } finally {
    await folder.close();
  }
}
