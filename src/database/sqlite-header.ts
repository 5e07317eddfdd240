// Reads the files of a SQLite database without opening it (https://www.sqlite.org/fileformat2.html, walformat.html).
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const magic = 'SQLite format 3\0';
const headerBytes = 100;

export interface SqliteHeader {
  bytes: number;
  modifiedAtMs: number;
  isFile: boolean;
  /** PRAGMA application_id; null: this is not the header of a database. */
  id: number | null;
  /** The least number of bytes that the file must have, as its header says. */
  wantedBytes: number;
}

/** Null when the file does not exist. */
export function readHeader(file: string): SqliteHeader | null {
  const found = readStart(file, headerBytes);
  if (!found) return null;
  const { start, stat } = found;
  const facts = { bytes: stat.size, modifiedAtMs: stat.mtimeMs, isFile: stat.isFile() };
  if (start.length < headerBytes || !start.toString('latin1').startsWith(magic)) return { ...facts, id: null, wantedBytes: 0 };
  const pageBytes = start.readUInt16BE(16) === 1 ? 65536 : start.readUInt16BE(16);
  // the number of pages is only valid when it was written with the last change
  const isCounted = start.readUInt32BE(24) === start.readUInt32BE(92);
  return { ...facts, id: start.readUInt32BE(68), wantedBytes: isCounted ? start.readUInt32BE(28) * pageBytes : 0 };
}

/** How many frames of the -wal were not yet in the database file, as the -shm next to it says; 0 where the -shm says nothing. */
export function pendingFrames(file: string): number {
  const start = readStart(`${file}-shm`, 136)?.start;
  if (!start || start.length < 136 || start[12] !== 1) return 0;
  return Math.max(0, start.readUInt32LE(16) - start.readUInt32LE(96));
}

function readStart(file: string, lengthBytes: number) {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    const start = Buffer.alloc(lengthBytes);
    const length = fstatSync(fd).isFile() ? readSync(fd, start, 0, lengthBytes, 0) : 0;
    return { start: start.subarray(0, length), stat: fstatSync(fd) };
  } finally {
    closeSync(fd);
  }
}
