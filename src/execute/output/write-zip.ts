// Packs what a program left into a zip in the control directory; one file is open at a time.
import { createHash, type Hash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { type FileHandle, mkdir } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { CodedError } from '../../model/coded-error.js';
import { zipTime } from '../../model/file-times.js';
import type { KeptFile } from '../../model/run-result.js';
import { exactNames } from '../../model/zip-names.js';
import { type LeftPlace, openLeftFile } from '../files/safe-open.js';
import type { RunContext } from '../run/run-context.js';
import { type LeftEntry, listedIn } from './list-tree.js';

/** Files count as output with their size before packing, holes of sparse files included. */
export async function writeZip(context: RunContext, folder: LeftPlace, entries: LeftEntry[]): Promise<KeptFile> {
  await mkdir(context.control.path, { recursive: true, mode: 0o700 });
  const zip = new ZipFile();
  const target = context.scope.own(createWriteStream(context.control.output, { mode: 0o600 }));
  const hash = createHash('sha256');
  const written = pipeline(zip.outputStream, digesting(hash), target);
  // a file that cannot be read to its end breaks off the zip only
  zip.on('error', (error: Error) => target.destroy(error));
  try {
    await Promise.race([addEntries(zip, { context, folder, entries, over: written }), written]);
    zip.end();
    await written;
    return { bytes: target.bytesWritten, sha256: hash.digest('hex') };
  } catch (error) {
    target.destroy();
    await written.catch(() => {});
    throw error;
  }
}

/** A stream instead of a generator, which would wait for another chunk even when the zip has broken off. */
function digesting(hash: Hash): Transform {
  return new Transform({
    transform(chunk, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
}

async function addEntries(
  zip: ZipFile,
  { context, folder, entries, over }: { context: RunContext; folder: LeftPlace; entries: LeftEntry[]; over: Promise<void> },
): Promise<void> {
  const compress = context.output.parameters.compress !== false;
  const named = exactNames(zip);
  let roomBytes = context.order.outputLimitBytes;
  for (const { path, directory } of entries) {
    if (directory) zip.addEmptyDirectory(named(`${path}/`));
    else roomBytes -= await addFile(zip, { file: await openLeftFile(listedIn(folder, path)), path, named, roomBytes, compress, over });
  }
}

interface Added {
  file: FileHandle;
  path: string;
  /** The name in the zip in place of the path. */
  named: (path: string) => string;
  roomBytes: number;
  compress: boolean;
  /** Rejects when the zip has broken off. */
  over: Promise<void>;
}

/** Waits until the file is in the zip, so that only one file is open at a time. Returns the file's size in bytes. */
async function addFile(zip: ZipFile, { file, path, named, roomBytes, compress, over }: Added): Promise<number> {
  const { mtimeMs, mode, size } = await file.stat();
  if (size > roomBytes) {
    await file.close();
    throw new CodedError('output_limit', `the output is larger than the run may write; the limit was reached at '${path}'`);
  }
  if (size === 0) {
    await file.close();
    zip.addBuffer(Buffer.alloc(0), named(path), { ...zipTime(mtimeMs), mode });
    return 0;
  }
  const stream = file.createReadStream({ start: 0, end: size - 1 });
  zip.addReadStream(stream, named(path), { ...zipTime(mtimeMs), mode, compress });
  await Promise.race([finished(stream), over]).finally(() => stream.destroy());
  return size;
}
