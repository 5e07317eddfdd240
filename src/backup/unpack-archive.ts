// Reads an archive into an empty folder of the server: regular files and folders with checked names, nothing else.
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Headers } from 'tar-stream';
import { databaseEntry, entryParts, type Manifest, manifestEntry } from './archive-layout.js';

/** Throws an Error in one line when the archive is not a complete backup. Nothing is written outside `folder`. */
export async function unpackArchive(archive: string, folder: string): Promise<Manifest> {
  const seen = { files: 0, bytes: 0 };
  const { extract } = await import('tar-stream');
  const unpacked = extract();
  unpacked.on('entry', (header, content, next) => {
    unpackEntry(header, content, folder).then((bytes) => {
      if (bytes !== null && header.name !== manifestEntry) {
        seen.files++;
        seen.bytes += bytes;
      }
      next();
    }, next);
  });
  await pipeline(createReadStream(archive), unpacked).catch((error: Error) => {
    throw new Error(`${archive} cannot be restored: ${error.message}`);
  });
  return checkedManifest(folder, seen).catch((error: Error) => {
    throw new Error(`${archive} is not a complete backup: ${error.message}`);
  });
}

/** Returns the size of the file; null for a folder. */
async function unpackEntry(header: Headers, content: Readable, folder: string): Promise<number | null> {
  const parts = entryParts(header.name);
  if (header.type !== 'file' && header.type !== 'directory')
    throw new Error(`the entry ${header.name} is a ${header.type}; a backup holds only files and folders`);
  const isFolder = header.type === 'directory';
  const above = isFolder ? parts : parts.slice(0, -1);
  await mkdir(join(folder, ...above), { recursive: true, mode: 0o700 });
  if (isFolder) {
    content.resume();
    return null;
  }
  // the flag wx refuses a second entry with the same name
  const file = createWriteStream(join(folder, ...parts), { flags: 'wx', mode: 0o600, flush: parts[0] === databaseEntry });
  await pipeline(content, file);
  return file.bytesWritten;
}

async function checkedManifest(folder: string, seen: { files: number; bytes: number }): Promise<Manifest> {
  const text = await readFile(join(folder, manifestEntry), 'utf8').catch(() => {
    throw new Error(`the archive does not end with ${manifestEntry}`);
  });
  const manifest = JSON.parse(text) as Manifest;
  if (manifest.format !== 1) throw new Error(`the format of the archive is ${manifest.format}; this program supports format 1`);
  if (manifest.files !== seen.files || manifest.bytes !== seen.bytes)
    throw new Error(
      `the archive should contain ${manifest.files} files of ${manifest.bytes} bytes, but contains ${seen.files} of ${seen.bytes}`,
    );
  return manifest;
}
