// Finds the path of an entry of a zip from outside: decodes its name and shortens it.
import { isUtf8 } from 'node:buffer';
import { type Entry, getFileNameLowLevel } from 'yauzl';
import { type EntryPath, shortPath } from './archive-paths.js';

/** Info-ZIP's Unicode Path Extra Field (APPNOTE 4.6.9). */
const unicodePath = 0x7075;
const isUtf8Flag = 0x800;
/** The systems whose archives use backslashes for slashes: MS-DOS and NTFS (APPNOTE 4.4.2). */
const backslashHosts = [0, 10];

/**
 * Uses the Unicode Path field when its CRC-32 shows that it belongs to this name; else the name as UTF-8 when it is valid, whether it is
 * marked as UTF-8 or not; else the name as CP437.
 */
export function entryPath(entry: Entry): EntryPath {
  const raw = entry.fileNameRaw;
  const flags = isUtf8(raw) ? entry.generalPurposeBitFlag | isUtf8Flag : entry.generalPurposeBitFlag & ~isUtf8Flag;
  const fields = entry.extraFields.filter(({ id, data }) => id !== unicodePath || isUtf8(data.subarray(5)));
  const name = getFileNameLowLevel(flags, raw, fields, true);
  const isWindows = backslashHosts.includes(entry.versionMadeBy >> 8) && !name.includes('/');
  return shortPath(isWindows ? name.replaceAll('\\', '/') : name);
}
