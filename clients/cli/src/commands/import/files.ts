// The files that an import sends: those that are named, and of folders those that look like the kind.
import { isUtf8 } from 'node:buffer';
import { closeSync, type Dirent, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { exitCodes, Failure } from '../../failure.js';
import { fileFault } from '../../terminal/file-fault.js';
import { tell } from '../../terminal/table.js';

/** What stands in a folder of this kind, by its name; scripts are told by their first line or name. */
const names: Record<string, RegExp> = {
  scripts: /\.(sh|bash|py|js|mjs|cjs|pl)$/,
  systemd: /\.service$/,
  cwl: /\.cwl$/,
  webhook: /^hooks?\.(json|ya?ml)$/,
  olivetin: /^config\.ya?ml$/,
  crontab: /./,
};

/** No file of more bytes has the 262,144 characters that the server reads at most. */
const bytesBound = 2 ** 20;

/** By their paths as they were given; throws a Failure with the first fault. What of a folder is not sent although it looks like the kind is told. */
export function readFilesOf(kind: string, paths: string[]): Record<string, string> {
  const files: Record<string, string> = {};
  for (const path of paths) {
    try {
      if (path === '-') files[kind] = textOf(0);
      else if (!statSync(path).isDirectory()) files[nameOf(path)] = textAt(path);
      else for (const file of filesIn(kind, path)) addFrom(files, kind, file);
    } catch (error) {
      throw new Failure(`${path} ${fileFault(error)}`, { exitCode: exitCodes.usage });
    }
  }
  if (Object.keys(files).length > 0) return files;
  throw new Failure(`no file of the kind ${kind} in ${paths.join(', ')}`, { exitCode: exitCodes.usage });
}

/** Whether a crontab is one of the system shows in its folder: /etc. */
function nameOf(file: string): string {
  const whole = resolve(file);
  return whole.startsWith('/etc/') ? whole : file;
}

/** Files and links of a folder, without hidden ones. */
function filesIn(kind: string, folder: string): Dirent[] {
  const entries = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !name.startsWith('.'));
  const sorted = entries.filter((entry) => entry.isFile() || entry.isSymbolicLink()).sort((one, other) => (one.name < other.name ? -1 : 1));
  return kind === 'scripts' ? sorted : sorted.filter(({ name }) => names[kind]?.test(name) ?? true);
}

/** A link may lead out of the folder, to what nobody meant to send. */
function addFrom(files: Record<string, string>, kind: string, entry: Dirent): void {
  const file = join(entry.parentPath, entry.name);
  const isWanted = () => kind !== 'scripts' || names.scripts.test(entry.name) || isScript(file);
  try {
    if (entry.isSymbolicLink()) tell(`${file}: not sent: it is a link; name it to send it`);
    else if (isWanted()) files[nameOf(file)] = textAt(file);
  } catch (error) {
    tell(`${file}: not sent: ${(error as Error).message}`);
  }
}

function isScript(file: string): boolean {
  return withFile(file, (descriptor) => {
    const start = Buffer.alloc(2);
    return readSync(descriptor, start) === 2 && start.toString('latin1') === '#!';
  });
}

function textAt(file: string): string {
  return withFile(file, textOf);
}

function withFile<Result>(file: string, read: (descriptor: number) => Result): Result {
  const descriptor = openSync(file, 'r');
  try {
    return read(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** To its end; a device may have none. */
function textOf(descriptor: number): string {
  const chunks: Buffer[] = [];
  for (let bytes = 0; bytes <= bytesBound; ) {
    const chunk = Buffer.alloc(64 * 1024);
    const count = readSync(descriptor, chunk);
    if (count === 0) return utf8(Buffer.concat(chunks));
    bytes += count;
    chunks.push(chunk.subarray(0, count));
  }
  throw new Error(`it has more than ${bytesBound} bytes`);
}

function utf8(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new Error('it is not a text in UTF-8');
  return bytes.toString();
}
