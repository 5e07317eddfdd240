// Packs what a program left into a zip in the control directory; one file is open at a time.
import { createWriteStream } from 'node:fs';
import { type FileHandle, mkdir } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { CodedError } from '../../protocol/coded-error.js';
import { type LeftPlace, openLeftFile } from '../left-behind.js';
import type { RunStage } from '../run-stage.js';
import { type LeftEntry, placeIn } from './list-tree.js';

/** Returns the size of the zip in bytes. */
export async function writeZip(stage: RunStage, folder: LeftPlace, entries: LeftEntry[]): Promise<number> {
  await mkdir(stage.control.path, { recursive: true, mode: 0o700 });
  const zip = new ZipFile();
  const target = createWriteStream(stage.control.output, { mode: 0o600 });
  const written = pipeline(zip.outputStream, target);
  for (const { path, directory } of entries) {
    if (directory) zip.addEmptyDirectory(path);
    else await addFile(zip, await openLeftFile(placeIn(folder, path)), path);
    if (target.bytesWritten > stage.order.outputLimitBytes) throw tooLarge(stage.order.outputLimitBytes);
  }
  zip.end();
  await written;
  return target.bytesWritten;
}

async function addFile(zip: ZipFile, file: FileHandle, path: string): Promise<void> {
  const { mtime, mode } = await file.stat();
  const stream = file.createReadStream();
  zip.addReadStream(stream, path, { mtime, mode });
  await new Promise<void>((resolve, reject) => stream.once('close', resolve).once('error', reject));
}

function tooLarge(limitBytes: number): CodedError {
  return new CodedError('output_limit', `the zip of what the program left has more than ${limitBytes} bytes`);
}
