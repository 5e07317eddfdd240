// Lists the files of a run: bounded in number and depth, each folder opened once, links and special files left out.
import { type FileHandle, lstat, open, opendir } from 'node:fs/promises';
import { fileNameFault } from '../../protocol/file-names.js';
import type { FileList, RunFile } from '../../protocol/run-files.js';
import { folderFlags, isOwn, openLeftDirectory } from '../left-behind.js';
import { depthBound, type FilePlace } from './file-place.js';
import { isArriving } from './put-file.js';

export interface SizedFile extends RunFile {
  /** What it takes of the disk, which is less for a file with holes. */
  diskBytes: number;
}

export interface SizedList extends FileList {
  files: SizedFile[];
}

export async function listFiles(place: FilePlace, bound: number): Promise<SizedList> {
  const root = await openLeftDirectory(place);
  const listing = new Listing(place, bound);
  try {
    await listing.look(root, '', depthBound);
  } finally {
    await root.close();
  }
  const { files, truncated } = listing;
  return { files: files.sort((one, other) => (one.path < other.path ? -1 : 1)), truncated };
}

class Listing {
  readonly files: SizedFile[] = [];
  truncated = false;

  constructor(
    private readonly place: FilePlace,
    private readonly bound: number,
  ) {}

  /** `prefix` is empty or ends in a slash. */
  async look(folder: FileHandle, prefix: string, depth: number): Promise<void> {
    const base = `/proc/self/fd/${folder.fd}`;
    for await (const { name } of await opendir(base, { bufferSize: 128 })) {
      if (fileNameFault(name) || isArriving(name)) continue;
      if (this.files.length >= this.bound) {
        this.truncated = true;
        return;
      }
      await this.add(`${base}/${name}`, prefix + name, depth);
    }
  }

  /** What is gone meanwhile is left out. */
  private async add(place: string, path: string, depth: number): Promise<void> {
    const found = await lstat(place).catch(() => null);
    if (!found || (this.place.user && found.uid !== this.place.user.uid)) return;
    const { mtimeMs: modifiedAtMs, size, blocks } = found;
    const diskBytes = blocks * 512;
    if (found.isFile()) this.files.push({ path, directory: false, bytes: size, modifiedAtMs, diskBytes });
    if (!found.isDirectory()) return;
    this.files.push({ path, directory: true, bytes: 0, modifiedAtMs, diskBytes });
    if (depth === 1) this.truncated = true;
    else await this.lookInto(place, `${path}/`, depth - 1);
  }

  private async lookInto(place: string, prefix: string, depth: number): Promise<void> {
    const folder = await open(place, folderFlags).catch(() => null);
    if (!folder) return;
    try {
      if (await isOwn(folder, this.place)) await this.look(folder, prefix, depth);
    } finally {
      await folder.close();
    }
  }
}
