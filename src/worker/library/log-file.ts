// The log file of a job: its name, how it is created, and how it is opened later, only if it is still the same file.
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, unlink } from 'node:fs/promises';
import { systemFault } from './system-fault.js';
import { WorkerError } from './worker-error.js';

/** With this stem, `_`, a job's id and `.log`, a name stays below the 255 bytes of file systems. */
const longestStemBytes = 200;

/** One log: its path, and the identity of the file that was created there. */
export interface LogFile {
  path: string;
  device: bigint;
  inode: bigint;
}

/**
 * `{name}_{job id}.log`, always a single part of a path: only the last part of a name with folders is used; backslashes, control
 * characters and leading dots become `_`; a name that is too long is cut.
 */
export function logFileName(name: string, jobId: string): string {
  const lastPart = name.slice(name.lastIndexOf('/') + 1).toWellFormed();
  const harmless = lastPart.replace(/[\\\p{Cc}]/gu, '_').replace(/^\.+/, (dots) => '_'.repeat(dots.length));
  const stem = Buffer.from(harmless)
    .subarray(0, longestStemBytes)
    .toString()
    .replace(/\uFFFD+$/, '');
  return `${stem}_${jobId}.log`;
}

/** Creates a file for appending that only this user may read. The caller closes the handle. */
export async function createLog(path: string): Promise<{ log: LogFile; handle: FileHandle }> {
  const { O_WRONLY, O_APPEND, O_CREAT, O_EXCL } = constants;
  const handle = await open(path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL, 0o600);
  const { dev, ino } = await handle.stat({ bigint: true });
  return { log: { path, device: dev, inode: ino }, handle };
}

/** Opens the log for reading. Throws `log_gone` when the file is missing or another file is in its place, `log_unreadable` for other errors. */
export async function openLog({ path, device, inode }: LogFile): Promise<FileHandle> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch((error) => {
    const gone = error.code === 'ENOENT' || error.code === 'ELOOP';
    throw systemFault(gone ? 'log_gone' : 'log_unreadable', 'failed to open the log file', error);
  });
  const { dev, ino } = await handle.stat({ bigint: true });
  if (dev === device && ino === inode) return handle;
  await handle.close();
  throw new WorkerError('log_gone', `failed to open the log file: another file is at ${path}`);
}

/** The size of the log; 0 when the file is gone. */
export async function logSizeBytes({ path }: LogFile): Promise<number> {
  return lstat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

/** Removes the log; a log that is gone already is not an error. */
export async function removeLog(path: string): Promise<void> {
  await unlink(path).catch((error) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
