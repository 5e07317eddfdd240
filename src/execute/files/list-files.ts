// Lists the files of a run: bounded in number, length and depth, each folder opened once, links and special files left out.
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

/** Of all paths of one list: they are held in memory, and a program makes them as long as it likes. */
const pathsBound = 16 * 2 ** 20;

/** Each folder in the order of its names. */
export async function listFiles(place: FilePlace, bound: number): Promise<SizedList> {
  const root = await openLeftDirectory(place);
  const listing = new Listing(place, bound);
  try {
    await listing.look(root, '', depthBound);
  } finally {
    await root.close();
  }
  const { files, truncated } = listing;
  return { files, truncated };
}

class Listing {
  readonly files: SizedFile[] = [];
  truncated = false;
  private found = 0;
  private pathLengths = 0;
  private isFull = false;

  constructor(
    private readonly place: FilePlace,
    private readonly bound: number,
  ) {}

  /** `prefix` is empty or ends in a slash. */
  async look(folder: FileHandle, prefix: string, depth: number): Promise<void> {
    const base = `/proc/self/fd/${folder.fd}`;
    const found = await this.filesIn(base, prefix);
    // by the names alone: what is before them is the same, and may be long
    for (const [name, file] of found.sort(([one], [other]) => (one < other ? -1 : 1))) {
      this.files.push(file);
      if (file.directory) await this.lookInto(`${base}/${name}`, `${file.path}/`, depth - 1);
    }
  }

  /** In the order of the system. */
  private async filesIn(base: string, prefix: string): Promise<[name: string, file: SizedFile][]> {
    const found: [string, SizedFile][] = [];
    for await (const { name } of await opendir(base, { bufferSize: 128 })) {
      if (fileNameFault(name) || isArriving(name)) continue;
      const file = await this.measured(`${base}/${name}`, prefix + name);
      if (!file) continue;
      if (!this.takes(file)) break;
      found.push([name, file]);
    }
    return found;
  }

  private takes({ path }: SizedFile): boolean {
    this.isFull ||= this.found >= this.bound || this.pathLengths + path.length > pathsBound;
    this.truncated ||= this.isFull;
    this.found += 1;
    this.pathLengths += path.length;
    return !this.isFull;
  }

  /** Null for what is gone meanwhile, or is not listed. */
  private async measured(place: string, path: string): Promise<SizedFile | null> {
    const found = await lstat(place).catch(() => null);
    if (!found || (this.place.user && found.uid !== this.place.user.uid)) return null;
    const { mtimeMs: modifiedAtMs, size, blocks } = found;
    const directory = found.isDirectory();
    if (!directory && !found.isFile()) return null;
    return { path, directory, bytes: directory ? 0 : size, modifiedAtMs, diskBytes: blocks * 512 };
  }

  private async lookInto(place: string, prefix: string, depth: number): Promise<void> {
    if (depth === 0) this.truncated = true;
    if (this.isFull || depth === 0) return;
    const folder = await open(place, folderFlags).catch(() => null);
    if (!folder) return;
    try {
      if (await isOwn(folder, this.place)) await this.look(folder, prefix, depth);
    } finally {
      await folder.close();
    }
  }
}
