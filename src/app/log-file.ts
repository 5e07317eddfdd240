// Opens LOG_FILE, also where its folder belongs to somebody else, who could put a link to a file of the server's user there, or a pipe that nobody reads.
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Opens a folder that may be passed but not read, too (O_PATH of Linux). */
const passFlags = 0o10000000 | constants.O_DIRECTORY;
const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants;

const reasons: Record<string, string> = {
  ELOOP: 'is a symbolic link, which is not followed, since others may write to its folder',
  ENXIO: 'is a pipe that nobody reads, or a socket',
};

/** Returns the descriptor of the file, which is created with the mode 0640. Throws an Error that says what is in the way. */
export function openLogFile(path: string): number {
  const folder = openSync(dirname(path), passFlags);
  try {
    const isSafe = isOwn(folder);
    const flags = O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | (isSafe ? 0 : O_NOFOLLOW);
    const file = openSync(`/proc/self/fd/${folder}/${basename(path)}`, flags, 0o640);
    return isSafe ? file : regular(file, path);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw code === '' ? error : new Error(`${path} ${reasons[code] ?? `cannot be opened: ${message.replace(/, open .*/, '')}`}`);
  } finally {
    closeSync(folder);
  }
}

/** Whether nobody but root and the user of the server can change what is in the folder. */
function isOwn(folder: number): boolean {
  const { uid, mode } = fstatSync(folder);
  return (uid === 0 || uid === process.getuid?.()) && (mode & 0o022) === 0;
}

/** Closes what is not a regular file with this name alone. */
function regular(file: number, path: string): number {
  const found = fstatSync(file);
  if (found.isFile() && found.nlink === 1) return file;
  closeSync(file);
  throw new Error(`${path} must be a regular file with one name, since others may write to its folder`);
}
