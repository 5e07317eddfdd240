// A folder of our own in a place where others may create folders, too, such as /tmp: a name that somebody else took first stays theirs.
import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export interface OwnFolder {
  mode: number;
  /** Among several folders of ours, take the one that has this entry. */
  holding?: string;
}

/** Returns `path`, or a folder next to it with an unpredictable name, which is found again later. */
export function ownFolder(path: string, { mode, holding }: OwnFolder): string {
  mkdirSync(dirname(path), { recursive: true, mode });
  const ours = ownFolders(path);
  const holds = (folder: string) => holding !== undefined && existsSync(join(folder, holding));
  const folder = ours.find(holds) ?? ours[0] ?? make(path, mode);
  chmodSync(folder, mode);
  return folder;
}

/** All folders of ours for this name; `path` itself comes first. */
export function ownFolders(path: string): string[] {
  const parent = dirname(path);
  const random = /^-[A-Za-z0-9]{6}$/;
  const beside = readdirSync(parent).filter((name) => name.startsWith(basename(path)) && random.test(name.slice(basename(path).length)));
  return [path, ...beside.sort().map((name) => join(parent, name))].filter(isOurs);
}

/** Whether this is a folder that we own; a link never counts, wherever it leads. */
function isOurs(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === process.getuid?.();
}

function make(path: string, mode: number): string {
  try {
    mkdirSync(path, { mode });
    return path;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return mkdtempSync(`${path}-`);
  }
}
