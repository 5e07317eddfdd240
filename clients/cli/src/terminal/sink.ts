// Where the bytes of a program are written: a descriptor of this process, or a file that appears when it is complete.
import { closeSync, fchmodSync, fstatSync, openSync, realpathSync, renameSync, rmSync, statSync, write } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../failure.js';
import { freePassed } from './freed-bytes.js';

export interface Sink {
  write(chunk: Buffer): Promise<void>;
  /** `isWhole`: false where the bytes are not all that was to come. Returns once the bytes are where they belong. */
  close(isWhole: boolean): void;
}

/** The reader of the pipe has gone away, as `head` does. */
export class ReaderGone extends Error {}

/** The pause after a descriptor that does not block was full. */
const fullPauseMs = 5;

/** stdout (1) or stderr (2). A write does not hold up the process, so that signals are heard while a reader is slow. */
export class DescriptorSink implements Sink {
  constructor(readonly descriptor: number) {}

  async write(chunk: Buffer): Promise<void> {
    for (let written = 0; written < chunk.length; ) written += await someWritten(this.descriptor, chunk.subarray(written));
    freePassed(chunk.length);
  }

  close(_isWhole: boolean): void {}
}

function someWritten(descriptor: number, chunk: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    write(descriptor, chunk, (error, bytes) => {
      if (!error) resolve(bytes);
      else if (error.code === 'EAGAIN') sleep(fullPauseMs).then(() => resolve(0), reject);
      else reject(error.code === 'EPIPE' ? new ReaderGone() : new Failure(`the output cannot be written: ${error.message}`));
    });
  });
}

/** The file `path`, or with `-` stdout. What is not a regular file, such as a pipe, is written as it is. */
export function sinkOf(path: string): Sink {
  if (path === '-') return new DescriptorSink(1);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) throw new Failure(`${path} is a folder`);
  return attempt(path, () => (found && !found.isFile() ? new OpenSink(openSync(path, 'w')) : new FileSink(path, found?.mode)));
}

class OpenSink extends DescriptorSink {
  override close(): void {
    closeSync(this.descriptor);
  }
}

/** Written next to its place and moved there as a whole; a former file stays until then. */
class FileSink extends DescriptorSink {
  readonly #path: string;
  readonly #temporary: string;

  constructor(path: string, mode: number | undefined) {
    const real = mode === undefined ? path : realpathSync(path);
    const temporary = join(dirname(real), `.${basename(real).slice(0, 200)}.procreg-${process.pid}`);
    // a file that replaces another one is never open to more users than that one
    super(openSync(temporary, 'wx', mode === undefined ? 0o666 : 0o600));
    if (mode !== undefined && (fstatSync(this.descriptor).mode & 0o777) !== (mode & 0o777)) fchmodSync(this.descriptor, mode & 0o777);
    this.#path = real;
    this.#temporary = temporary;
  }

  override close(isWhole: boolean): void {
    closeSync(this.descriptor);
    if (isWhole) attempt(this.#path, () => renameSync(this.#temporary, this.#path));
    else rmSync(this.#temporary, { force: true });
  }
}

function attempt<Value>(path: string, act: () => Value): Value {
  try {
    return act();
  } catch (error) {
    throw new Failure(`${path} cannot be written: ${(error as Error).message}`);
  }
}
