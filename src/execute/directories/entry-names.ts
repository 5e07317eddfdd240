// Which entry of an open folder a shown name means: the entry with exactly this name, or else the entry whose bytes the name encodes.
import { lstat } from 'node:fs/promises';
import { rawName, shownName } from '../../model/file-names.js';

/** An open folder. */
interface Folder {
  fd: number;
}

/** Where the entry of this shown name is, or would be, by way of the descriptor. */
export async function entryPath(folder: Folder, shown: string): Promise<string | Buffer> {
  const raw = rawName(shown);
  if (!raw || !(await exists(pathOf(folder, raw)))) return textPath(folder, shown);
  return (await shownIn(folder, raw)) === shown ? pathOf(folder, raw) : textPath(folder, shown);
}

/** How the name of an entry is shown. */
export function shownIn(folder: Folder, raw: Buffer): Promise<string> {
  return shownName(raw, (name) => exists(textPath(folder, name)));
}

/** Where the entry of these bytes is. */
export function pathOf(folder: Folder, raw: Buffer): Buffer {
  return Buffer.concat([Buffer.from(textPath(folder, '')), raw]);
}

function textPath({ fd }: Folder, name: string): string {
  return `/proc/self/fd/${fd}/${name}`;
}

function exists(path: string | Buffer): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
