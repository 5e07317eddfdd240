// Copies a file that a program left into the control directory, where no program can change it any more.
import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, rm } from 'node:fs/promises';
import { CodedError } from '../../model/coded-error.js';
import { copyBytes, makeNewFile } from '../../model/new-file.js';
import type { KeptFile } from '../../model/run-result.js';
import type { RunContext } from '../run/run-context.js';

/** Closes `file`. Throws output_limit when it is larger than the run may write. */
export async function keepFile(file: FileHandle, { order, control }: RunContext, from = 0): Promise<KeptFile> {
  try {
    const { size } = await file.stat();
    const start = from <= size ? from : 0;
    if (size - start > order.outputLimitBytes) {
      throw new CodedError('output_limit', `the output has ${size - start} bytes; at most ${order.outputLimitBytes} are allowed`);
    }
    await mkdir(control.path, { recursive: true, mode: 0o700 });
    // a file of an attempt that a crash of the server cut off
    await rm(control.output, { force: true });
    const kept = await makeNewFile({ path: control.output, mode: 0o600, owner: null });
    const hash = createHash('sha256');
    let bytes = 0;
    const see = (block: Buffer) => {
      bytes += block.length;
      hash.update(block);
    };
    await copyBytes(file, kept, { from: start, see }).finally(() => kept.close());
    return { bytes, sha256: hash.digest('hex') };
  } finally {
    await file.close();
  }
}
