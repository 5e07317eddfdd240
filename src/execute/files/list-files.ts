// Lists the files of a run: bounded in number, length and depth, each folder opened once, links and special files left out.
import { isUtf8 } from 'node:buffer';
import { type FileHandle, lstat, open, opendir } from 'node:fs/promises';
import { depthBound } from '../../model/file-names.js';
import type { FileList, RunFile } from '../../model/run-files.js';
import { pathOf, shownIn } from '../directories/entry-names.js';
import type { FilePlace } from './file-place.js';
import { isArriving } from './put-file.js';
import { folderFlags, isOwn, openLeftDirectory } from './safe-open.js';

interface SizedFile extends RunFile {
  /** How much of the disk the file takes: less than its size for a file with holes. */
  diskBytes: number;
}

export interface SizedList extends FileList {
  files: SizedFile[];
}

/** The bound for all paths of one list: the paths are held in memory, and a program may create paths of any length. */
const pathsBound = 16 * 2 ** 20;

/** Each folder in the order of its names. */
export async function listFiles(place: FilePlace, bound: number): Promise<SizedList> {
  const root = await openLeftDirectory(place);
  const listing = new Listing(place, bound);
  try {
    await listing.look(root, null, depthBound);
  } finally {
    await root.close();
  }
  const { files, truncated } = listing;
  return { files, truncated };
}

/** The bound for the path of one folder: with the longest name added, the path still fits into an archive. */
const pathBound = 16 * 1024;

interface FoundFile {
  /** The name as users see it. */
  name: string;
  /** Where the entry is, by way of its folder's descriptor. */
  entry: Buffer;
  file: SizedFile;
}

/** Entries whose names are bytes. Node can return such names, but its types lack them. */
function entriesOf({ fd }: FileHandle): Promise<AsyncIterable<{ name: Buffer }>> {
  const options = { encoding: 'buffer', bufferSize: 128 } as unknown as { bufferSize: number };
  return opendir(`/proc/self/fd/${fd}`, options) as unknown as Promise<AsyncIterable<{ name: Buffer }>>;
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

  /** `above`: null for the place itself. */
  async look(folder: FileHandle, above: RunFile | null, depth: number): Promise<void> {
    const found = await this.filesIn(folder, above);
    // by the names alone: the path before them is the same for all, and may be long
    for (const { entry, file } of found.sort((one, other) => (one.name < other.name ? -1 : 1))) {
      this.files.push(file);
      if (file.directory) await this.lookInto(entry, file, depth - 1);
    }
  }

  /** The files of one folder in the order in which the system lists them. */
  private async filesIn(folder: FileHandle, above: RunFile | null): Promise<FoundFile[]> {
    const found: FoundFile[] = [];
    for await (const { name: raw } of await entriesOf(folder)) {
      const name = await shownIn(folder, raw);
      if (isArriving(name)) continue;
      const entry = pathOf(folder, raw);
      const encoded = above?.encoded || !isUtf8(raw);
      const file = await this.measured(entry, { path: above ? `${above.path}/${name}` : name, ...(encoded && { encoded }) });
      if (!file) continue;
      if (!this.takes(file)) break;
      found.push({ name, entry, file });
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

  /** Null for an entry that is gone meanwhile, or that is not listed. */
  private async measured(entry: Buffer, shown: Pick<RunFile, 'path' | 'encoded'>): Promise<SizedFile | null> {
    const found = await lstat(entry).catch(() => null);
    if (!found || (this.place.user && found.uid !== this.place.user.uid)) return null;
    const { mtimeMs: modifiedAtMs, size, blocks } = found;
    const directory = found.isDirectory();
    if (!directory && !found.isFile()) return null;
    return { ...shown, directory, bytes: directory ? 0 : size, modifiedAtMs, diskBytes: blocks * 512 };
  }

  private async lookInto(entry: Buffer, file: RunFile, depth: number): Promise<void> {
    const isTooDeep = depth === 0 || file.path.length > pathBound;
    this.truncated ||= isTooDeep;
    if (this.isFull || isTooDeep) return;
    const folder = await open(entry, folderFlags).catch(() => null);
    if (!folder) return;
    try {
      if (await isOwn(folder, this.place)) await this.look(folder, file, depth);
    } finally {
      await folder.close();
    }
  }
}
