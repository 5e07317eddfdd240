// Copies a file that a program left into the control directory, where no program can change it any more.
import { constants } from 'node:fs';
import { copyFile, type FileHandle, mkdir } from 'node:fs/promises';
import { CodedError } from '../../protocol/coded-error.js';
import type { RunStage } from '../run-stage.js';

/** Closes `file`. Returns its size in bytes; output_limit when it is larger than the run may write. */
export async function keepFile(file: FileHandle, { order, control }: RunStage): Promise<number> {
  try {
    const { size } = await file.stat();
    if (size > order.outputLimitBytes) {
      throw new CodedError('output_limit', `the output has ${size} bytes; at most ${order.outputLimitBytes} are allowed`);
    }
    await mkdir(control.path, { recursive: true, mode: 0o700 });
    await copyFile(`/proc/self/fd/${file.fd}`, control.output, constants.COPYFILE_FICLONE);
    return size;
  } finally {
    await file.close();
  }
}
