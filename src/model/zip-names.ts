// Gives files in a zip exactly their own names, whatever characters they contain.
import { CodedError } from './coded-error.js';

/** The length of a name has 16 bits (APPNOTE 4.4.10). */
const nameBytesBound = 2 ** 16 - 1;

/** A writer of yazl: it builds an entry, appends it to its list, and only then writes its header. */
interface ZipWriter {
  entries: { push(entry: { utf8FileName: Buffer }): number };
}

/**
 * yazl refuses names that begin like a drive, and turns backslashes into slashes, which would change the name; it has no option
 * against either, and a zip may hold both (APPNOTE 4.4.17 speaks of the slash as the separator, and of nothing else). So each
 * entry is added under a name that yazl accepts, and gets its own name when it is appended.
 * The returned function is called with the name of the next entry, and returns the name to give to yazl; a folder ends in a slash.
 */
export function exactNames(zip: object): (name: string) => string {
  const { entries } = zip as ZipWriter;
  const append = entries.push.bind(entries);
  let next: Buffer;
  entries.push = (entry) => {
    entry.utf8FileName = next;
    return append(entry);
  };
  return (name) => {
    next = Buffer.from(name);
    if (next.length > nameBytesBound)
      throw new CodedError('output_error', `a zip cannot hold the path '${name.slice(0, 300)}…' of ${next.length} bytes`);
    return name.endsWith('/') ? 'folder/' : 'file';
  };
}
