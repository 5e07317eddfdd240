// The files in one place: each request enters the place, and leaves it whatever happens.
import { lstatSync, unlinkSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { CodedError } from '../../model/coded-error.js';
import type { FileCondition, FileList, FileTree, NewFile, OpenFile, PutFile } from '../../model/run-files.js';
import { fileEtag } from './file-etag.js';
import { checkNewPath, checkOpen, checkPath, type FilePlace, missing } from './file-place.js';
import { listFiles } from './list-files.js';
import { openParent } from './open-parent.js';
import { putFile } from './put-file.js';
import { openLeftFile } from './safe-open.js';

export class PlacedFiles implements FileTree {
  /** `prepare` creates the place itself before something is put there. */
  constructor(
    private readonly enter: () => Promise<FilePlace>,
    private readonly prepare: () => Promise<void> = async () => {},
  ) {}

  list(bound: number): Promise<FileList> {
    return this.within((place) => listFiles(place, bound).catch(noFiles));
  }

  async open(path: string): Promise<OpenFile> {
    checkPath(path);
    return this.at(path, (place) => openFile(place, path));
  }

  async put(file: NewFile): Promise<PutFile> {
    checkNewPath(file.path);
    return this.at(file.path, async (place) => {
      await this.prepare();
      return putFile(place, file);
    });
  }

  async makeFolder(path: string): Promise<void> {
    checkNewPath(path);
    return this.at(path, async (place) => {
      await this.prepare();
      checkOpen(place);
      const { folder } = await openParent(place, `${path}/.`, { make: true });
      await folder.close();
    });
  }

  async remove(path: string, condition?: FileCondition): Promise<void> {
    checkPath(path);
    return this.at(path, (place) => removeFile(place, { path, condition }));
  }

  private async within<Result>(work: (place: FilePlace) => Promise<Result>): Promise<Result> {
    const place = await this.enter();
    try {
      return await work(place);
    } finally {
      place.done();
    }
  }

  private async at<Result>(path: string, work: (place: FilePlace) => Promise<Result>): Promise<Result> {
    return this.within(work).catch((error) => {
      throw missing(error, path);
    });
  }
}

/** A run that has left nothing has no folder. */
function noFiles(error: unknown): FileList {
  if (missing(error, '') === error) throw error;
  return { files: [], truncated: false };
}

async function openFile(place: FilePlace, path: string): Promise<OpenFile> {
  const file = await openLeftFile({ ...place, path: `${place.path}/${path}` });
  const stats = await file.stat({ bigint: true });
  const { size, mtimeMs, mode } = stats;
  const bytes = Number(size);
  return {
    bytes,
    modifiedAtMs: Number(mtimeMs),
    executable: (mode & 0o100n) !== 0n,
    etag: fileEtag(stats),
    read: (range = { start: 0, end: bytes - 1 }) => (bytes > 0 ? file.createReadStream(range) : nothing(file)),
    close: () => file.close(),
  };
}

function nothing(file: FileHandle): Readable {
  void file.close();
  return Readable.from([]);
}

/** Checks and removes in one turn of the event loop. */
async function removeFile(place: FilePlace, { path, condition }: { path: string; condition?: FileCondition }): Promise<void> {
  const { folder, target } = await openParent(place, path, { make: false });
  try {
    checkOpen(place);
    const stats = lstatSync(target, { bigint: true });
    if (!stats.isFile()) throw new CodedError('not_found', `'${path}' is not a regular file`);
    condition?.(fileEtag(stats));
    unlinkSync(target);
  } finally {
    await folder.close();
  }
}
