// Copies a file that a program left into the control directory, where no program can change it any more.
import { constants, createWriteStream } from 'node:fs';
import { copyFile, type FileHandle, mkdir } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { CodedError } from '../../protocol/coded-error.js';
import type { RunStage } from '../run-stage.js';

/** Closes `file`. Returns the size in bytes of what is kept; output_limit when it is larger than the run may write. */
export async function keepFile(file: FileHandle, { order, control }: RunStage, from = 0): Promise<number> {
  try {
    const { size } = await file.stat();
    const start = from <= size ? from : 0;
    if (size - start > order.outputLimitBytes) {
      throw new CodedError('output_limit', `the output has ${size - start} bytes; at most ${order.outputLimitBytes} are allowed`);
    }
    await mkdir(control.path, { recursive: true, mode: 0o700 });
    if (start === 0) await copyFile(`/proc/self/fd/${file.fd}`, control.output, constants.COPYFILE_FICLONE);
    else await pipeline(file.createReadStream({ start, autoClose: false }), createWriteStream(control.output, { mode: 0o600 }));
    return size - start;
  } finally {
    await file.close();
  }
}
