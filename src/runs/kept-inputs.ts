// The inputs that runs have kept: read by users who may read the runs, and copied for runs that repeat them.
import { createReadStream } from 'node:fs';
import { mkdir, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { CodedError } from '../model/coded-error.js';
import { controlDirectory } from '../model/control-directory.js';
import { fileDate } from '../model/file-times.js';
import { copyToNewFile } from '../model/new-file.js';
import type { Principal } from '../model/roles.js';
import type { UploadedFile } from '../model/run-order.js';
import { type ByteRange, RunsRoot } from '../results/outputs.js';
import type { KeptInput } from './kept-input.js';
import type { RunEntity } from './run.entity.js';
import type { RunRequest } from './run-request.js';
import { RunStore } from './run-store.js';
import { Runs } from './runs.js';

/** A message that was kept. */
export interface KeptMessage {
  /** Its size without the files that came with it. */
  bytes: number;
  /** The name that the program's file had, or one with its extension. */
  name: string;
  open(range: ByteRange | undefined): Readable;
}

@Injectable()
export class KeptInputs {
  constructor(
    private readonly runs: Runs,
    private readonly store: RunStore,
    private readonly root: RunsRoot,
  ) {}

  /** The run, which has ended. Throws not_found, run_active. */
  async ended(viewer: Principal, id: string): Promise<RunEntity> {
    const row = await this.runs.find(viewer, id);
    if (row.state !== 'finished') throw new CodedError('run_active', `the run ${id} has not ended; it is ${row.state}`);
    return row;
  }

  /** Throws input_not_kept. */
  async of({ id, inputBytes }: RunEntity): Promise<KeptInput> {
    if (inputBytes === null) throw notKept(id);
    return JSON.parse((await this.store.keptInput(id)) ?? '{}');
  }

  /** Throws not_found when the run had no message, or has not kept it; run_active. */
  async message(viewer: Principal, id: string): Promise<KeptMessage> {
    const row = await this.ended(viewer, id);
    const { message, inputFile = {} }: KeptInput = row.inputBytes === null ? {} : await this.of(row);
    const missing = new CodedError('not_found', `the run ${id} had no message, or has not kept it`);
    if (!message) throw missing;
    const name = inputFile.name ?? (inputFile.extension ? `input.${inputFile.extension}` : 'input');
    if ('path' in message) {
      const path = join(controlDirectory(this.root.path, id).path, message.path);
      const { size } = await stat(path).catch(() => {
        throw missing;
      });
      return { bytes: size, name, open: (range) => createReadStream(path, range) };
    }
    const bytes = Buffer.from(message.base64, 'base64');
    return { bytes: bytes.length, name, open: (range) => Readable.from([range ? bytes.subarray(range.start, range.end + 1) : bytes]) };
  }

  /** Copies the message and the files of the run `from` for the run `to`. Throws input_not_kept when they have just been removed. */
  async copy(from: string, to: string, { message, uploads = [] }: KeptInput): Promise<Pick<RunRequest, 'message' | 'uploads'>> {
    const target = controlDirectory(this.root.path, to);
    const files: UploadedFile[] = [];
    for (const [index, one] of uploads.entries()) {
      // a name that no file of a request has
      const path = join(target.uploads, 'kept', String(index));
      if (!one.folder) await this.copyOne(from, one.path, path);
      files.push({ ...one, path });
    }
    if (!message) return { message: { kind: 'none' }, uploads: files };
    if ('base64' in message) return { message: { kind: 'inline', base64: message.base64 }, uploads: files };
    const bytes = await this.copyOne(from, message.path, target.message);
    return { message: { kind: 'file', path: target.message, bytes }, uploads: files };
  }

  /** With its permissions and times; returns its size. `path` is relative to the control directory of the run `from`. */
  private async copyOne(from: string, path: string, target: string): Promise<number> {
    const source = join(controlDirectory(this.root.path, from).path, path);
    try {
      const { size, mode, atimeMs, mtimeMs } = await stat(source);
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      await copyToNewFile(source, { path: target, mode: mode & 0o777, owner: null });
      await utimes(target, fileDate(atimeMs), fileDate(mtimeMs));
      return size;
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? notKept(from) : error;
    }
  }
}

function notKept(id: string): CodedError {
  const why = 'too large for keep.input (or KEEP_INPUT), did not arrive completely, or a secret file was among them';
  return new CodedError('input_not_kept', `the message and the files of run ${id} were not kept: ${why}`);
}
