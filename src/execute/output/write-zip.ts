// Packs what a program left into a zip in the control directory; one file is open at a time.
import { createWriteStream } from 'node:fs';
import { type FileHandle, mkdir } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { CodedError } from '../../protocol/coded-error.js';
import { type LeftPlace, openLeftFile } from '../left-behind.js';
import type { RunStage } from '../run-stage.js';
import { type LeftEntry, placeIn } from './list-tree.js';

/** Returns the size of the zip in bytes. What is packed counts as output before it is packed, holes of sparse files too. */
export async function writeZip(stage: RunStage, folder: LeftPlace, entries: LeftEntry[]): Promise<number> {
  await mkdir(stage.control.path, { recursive: true, mode: 0o700 });
  const zip = new ZipFile();
  const target = createWriteStream(stage.control.output, { mode: 0o600 });
  const written = pipeline(zip.outputStream, target);
  try {
    await Promise.race([addEntries(zip, { stage, folder, entries }), written]);
    zip.end();
    await written;
    return target.bytesWritten;
  } catch (error) {
    target.destroy();
    await written.catch(() => {});
    throw error;
  }
}

async function addEntries(
  zip: ZipFile,
  { stage, folder, entries }: { stage: RunStage; folder: LeftPlace; entries: LeftEntry[] },
): Promise<void> {
  const compress = stage.output.parameters.compress !== false;
  let roomBytes = stage.order.outputLimitBytes;
  for (const { path, directory } of entries) {
    if (directory) zip.addEmptyDirectory(path);
    else roomBytes -= await addFile(zip, { file: await openLeftFile(placeIn(folder, path)), path, roomBytes, compress });
  }
}

/** Waits until the file is in the zip, so that only one is open at a time. Returns its size in bytes. */
interface Added {
  file: FileHandle;
  path: string;
  roomBytes: number;
  compress: boolean;
}

async function addFile(zip: ZipFile, { file, path, roomBytes, compress }: Added): Promise<number> {
  const { mtime, mode, size } = await file.stat();
  if (size > roomBytes) {
    await file.close();
    throw new CodedError('output_limit', `the program left more than the run may write, up to '${path}'`);
  }
  if (size === 0) {
    await file.close();
    zip.addBuffer(Buffer.alloc(0), path, { mtime, mode });
    return 0;
  }
  const stream = file.createReadStream({ start: 0, end: size - 1 });
  zip.addReadStream(stream, path, { mtime, mode, compress });
  await new Promise<void>((resolve, reject) => stream.once('close', resolve).once('error', reject));
  return size;
}
