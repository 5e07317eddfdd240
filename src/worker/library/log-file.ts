// What the log of a job is called, how it is made, and that what is read later is still the same file.
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, unlink } from 'node:fs/promises';
import { systemFault } from './system-fault.js';
import { WorkerError } from './worker-error.js';

/** With `_`, a job's id and `.log` a name stays below the 255 bytes of file systems. */
const longestStemBytes = 200;

/** One log: its path, and which file stood there when it was made. */
export interface LogFile {
  path: string;
  device: bigint;
  inode: bigint;
}

/**
 * `{name}_{job id}.log`, always a single part of a path: of a name with folders the last part is taken; backslashes, control
 * characters and leading dots become `_`; what is too long is cut.
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

/** A new file that is appended to and that only this user may read. The caller closes the handle. */
export async function createLog(path: string): Promise<{ log: LogFile; handle: FileHandle }> {
  const { O_WRONLY, O_APPEND, O_CREAT, O_EXCL } = constants;
  const handle = await open(path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL, 0o600);
  const { dev, ino } = await handle.stat({ bigint: true });
  return { log: { path, device: dev, inode: ino }, handle };
}

/** For reading. Throws `log_gone` when there is no such file or another one in its place, `log_unreadable` otherwise. */
export async function openLog({ path, device, inode }: LogFile): Promise<FileHandle> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch((error) => {
    const gone = error.code === 'ENOENT' || error.code === 'ELOOP';
    throw systemFault(gone ? 'log_gone' : 'log_unreadable', 'failed to open the log file', error);
  });
  const { dev, ino } = await handle.stat({ bigint: true });
  if (dev === device && ino === inode) return handle;
  await handle.close();
  throw new WorkerError('log_gone', `failed to open the log file: another file stands at ${path}`);
}

/** 0 when it is gone. */
export async function logSizeBytes({ path }: LogFile): Promise<number> {
  return lstat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

/** Removing what is gone is no fault. */
export async function removeLog(path: string): Promise<void> {
  await unlink(path).catch((error) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
