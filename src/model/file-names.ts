// Decides which names from outside (uploads, query strings, archives) may become file names, and how names that are not UTF-8 are shown.
import { isUtf8 } from 'node:buffer';

/** The longest name in bytes (NAME_MAX). */
const nameBytesBound = 255;
/** Deeper folders are neither created nor looked into: each one costs a descriptor and a look-up. */
export const depthBound = 100;
const pathBytesBound = 4096;

/** What is wrong with `name` as the name of one file that a caller chose; undefined when nothing is. */
export function fileNameFault(name: string): string | undefined {
  if (name === '.') return "is '.', which is the folder itself";
  if (name.includes('/')) return 'contains a folder part';
  if (name.includes('\\')) return 'contains a backslash';
  if (/\p{Cc}/u.test(name)) return 'contains a control character';
  return storedPathFault(name);
}

/** What is wrong with `path` as a path inside the work directory that a definition or a request gives; undefined when nothing is. */
export function relativePathFault(path: string): string | undefined {
  const fault = storedPathFault(path);
  if (fault) return fault;
  return path.split('/').map(fileNameFault).find(Boolean);
}

/** What is wrong with `path` as the path of a file that a program may have created: the system allows every name except `.`, `..` and one with a NUL. */
export function storedPathFault(path: string): string | undefined {
  if (path === '') return 'is empty';
  if (path.startsWith('/')) return 'is absolute';
  if (path.includes('\0')) return 'contains a NUL character';
  if (!path.isWellFormed()) return 'is not valid Unicode';
  const parts = path.split('/');
  if (parts.includes('')) return 'has an empty part between two slashes, or at its end';
  return dotsFault(parts) ?? lengthFault(parts);
}

/** What is wrong with `path` for a file that is kept with its run. */
export function keptPathFault(path: string): string | undefined {
  return path.split('/').length > depthBound ? `has more than ${depthBound} folders` : storedPathFault(path);
}

/** What is wrong with `path` for a file that is to be created: it must not lead elsewhere for a program that reads backslashes as slashes. */
export function newPathFault(path: string): string | undefined {
  if (Buffer.byteLength(path) > pathBytesBound) return `is longer than ${pathBytesBound} bytes`;
  return keptPathFault(path) ?? backslashFault(path);
}

function backslashFault(path: string): string | undefined {
  const isAbsolute = /(^|\/)([A-Za-z]:)?\\/.test(path);
  const fault = isAbsolute ? 'is absolute' : path.split(/[/\\]/).includes('..') ? "contains the part '..'" : undefined;
  return fault && `${fault} where backslashes separate folders`;
}

function lengthFault(parts: string[]): string | undefined {
  if (!parts.some((part) => (rawName(part) ?? Buffer.from(part)).length > nameBytesBound)) return undefined;
  return parts.length > 1 ? `has a part that is longer than ${nameBytesBound} bytes` : `is longer than ${nameBytesBound} bytes`;
}

function dotsFault(parts: string[]): string | undefined {
  let depth = 0;
  for (const part of parts) {
    if (part !== '.') depth += part === '..' ? -1 : 1;
    if (depth < 0) return 'leads out of its folder';
  }
  const dots = parts.find((part) => part === '.' || part === '..');
  return dots === undefined ? undefined : `contains the part '${dots}'`;
}

/**
 * The name of a file as text. One that is not UTF-8 is percent-encoded: each byte that does not belong to a character, and each `%`.
 * `isTaken` tells whether another file has that name; then the text ends in as many bare `%` as are needed, which no such text has.
 */
export async function shownName(raw: Buffer, isTaken: (name: string) => Promise<boolean>): Promise<string> {
  if (isUtf8(raw)) return raw.toString();
  let shown = percentEncoded(raw);
  while (await isTaken(shown)) shown += '%';
  return shown;
}

/** The bytes of a name that is shown encoded; null for every other text. */
export function rawName(shown: string): Buffer | null {
  if (!shown.includes('%')) return null;
  const encoded = shown.slice(0, endWithout('%', shown));
  const raw = Buffer.concat(
    encoded.split(/(%[0-9A-F]{2})/).map((part, index) => (index % 2 === 1 ? Buffer.from(part.slice(1), 'hex') : Buffer.from(part))),
  );
  return !isUtf8(raw) && percentEncoded(raw) === encoded ? raw : null;
}

/** Bytes as UTF-8 in which those that do not belong to a character, and each `%`, are encoded. */
export function percentEncoded(raw: Buffer): string {
  let text = '';
  for (let at = 0; at < raw.length; ) {
    const length = characterBytes(raw, at);
    const part = raw.subarray(at, at + Math.max(1, length));
    text += length === 0 || raw[at] === 0x25 ? `%${part.toString('hex', 0, 1).toUpperCase()}` : part.toString();
    at += part.length;
  }
  return text;
}

/** The number of bytes of the UTF-8 character that begins at `at`; 0: none begins there. */
function characterBytes(raw: Buffer, at: number): number {
  return [1, 2, 3, 4].find((length) => at + length <= raw.length && isUtf8(raw.subarray(at, at + length))) ?? 0;
}

/** `path` without the slashes at its end. */
export function withoutEndingSlashes(path: string): string {
  return path.slice(0, endWithout('/', path));
}

/** Where the sequence of this character at the end of `text` begins. (A pattern would take quadratic time on a long sequence.) */
function endWithout(character: string, text: string): number {
  let end = text.length;
  while (text[end - 1] === character) end--;
  return end;
}
