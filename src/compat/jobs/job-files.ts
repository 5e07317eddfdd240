// The files of the jobs of this server, one by one and as a tar, for HTTP clients and for routers.
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { createGzip } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { wholeStream } from '../../http/whole-stream.js';
import type { LogStream } from '../../model/log-format.js';
import type { Principal } from '../../model/roles.js';
import { logStream } from '../../results/log-stream.js';
import { nameFilter } from '../../results/name-filter.js';
import { packTar } from '../../results/pack-tar.js';
import { unpackTar } from '../../results/unpack-tar.js';
import { MessageSpool } from '../../run-http/message-spool.js';
import { FilesOfRuns } from '../../runs/files-of-runs.js';
import type { RunEntity } from '../../runs/run.entity.js';
import { Runs } from '../../runs/runs.js';

/** The output that a program has written so far, as two more files. */
const said = new Map<string, LogStream>([
  ['.pagent.stdout', 'stdout'],
  ['.pagent.stderr', 'stderr'],
]);

/** The content, which the caller must read or close. */
export interface OpenedFile {
  /** Undefined: the file may still grow. */
  bytes?: number;
  read(): Readable;
  close(): Promise<void>;
}

@Injectable()
export class JobFiles {
  constructor(
    private readonly runs: Runs,
    private readonly files: FilesOfRuns,
    readonly bounds: MessageSpool,
  ) {}

  /** Throws not_found. */
  async open(viewer: Principal, { id, state }: RunEntity, path: string): Promise<OpenedFile> {
    const stream = said.get(path);
    if (stream && state !== 'created') {
      const log = await this.runs.log(id);
      return { read: () => logStream(log, { stream }), close: () => log.close() };
    }
    const file = await (await this.files.reading(viewer, id)).open(path);
    return { bytes: file.bytes, read: () => wholeStream(file.read(), file.bytes), close: () => file.close() };
  }

  /** Removes a file after it was sent; a file that cannot be removed stays. */
  async remove(owner: Principal, { id }: RunEntity, path: string): Promise<void> {
    await this.files.remove(owner, id, { path }).catch(() => {});
  }

  /** Throws wrong_state, path_taken, disk_full. */
  async put(owner: Principal, { id }: RunEntity, file: { path: string; content: () => Readable; executable: boolean }): Promise<void> {
    await this.files.putting(owner, id, (files) => files.put(file));
  }

  /** Packs the files into a tar; links and special files are left out. An error on the way destroys the stream. */
  async pack(viewer: Principal, { id }: RunEntity, names: { include: string[]; exclude: string[]; compress: boolean }): Promise<Readable> {
    const isWanted = nameFilter(names);
    const packed = await packTar(await this.files.reading(viewer, id), isWanted);
    return names.compress ? pipeline(packed, createGzip(), () => {}) : packed;
  }

  /** The whole archive is read and checked before the first file is written. */
  async unpack(owner: Principal, { id }: RunEntity, tar: () => Readable): Promise<void> {
    const { messageBytes } = this.bounds;
    await this.files.putting(owner, id, (files) => this.spooled(tar, (path) => unpackTar(path, files, messageBytes)));
  }

  /** Spools bytes into a temporary file, which exists while `work` runs. */
  spooled<Result>(content: () => Readable, work: (path: string, bytes: number) => Promise<Result>): Promise<Result> {
    return this.runs.spooling(async ({ id }) => {
      const { path, bytes } = await this.bounds.message(id, content());
      return work(path, bytes);
    });
  }
}
