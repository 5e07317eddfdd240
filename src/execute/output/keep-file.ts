// Copies a file that a program left into the control directory, where no program can change it any more.
import { type FileHandle, mkdir, rm } from 'node:fs/promises';
import { CodedError } from '../../protocol/coded-error.js';
import { copyBytes, makeNewFile } from '../../protocol/new-file.js';
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
    // of an attempt that a crash of the server cut off
    await rm(control.output, { force: true });
    const kept = await makeNewFile({ path: control.output, mode: 0o600, owner: null });
    await copyBytes(file, kept, start).finally(() => kept.close());
    return size - start;
  } finally {
    await file.close();
  }
}
