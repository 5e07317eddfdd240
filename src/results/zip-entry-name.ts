// Which path an entry of a zip from outside has: its name decoded, and as short as it can be said.
import { isUtf8 } from 'node:buffer';
import { type Entry, getFileNameLowLevel } from 'yauzl';
import { type EntryPath, shortPath } from './archive-paths.js';

/** Info-ZIP's Unicode Path Extra Field (APPNOTE 4.6.9). */
const unicodePath = 0x7075;
const isUtf8Flag = 0x800;
/** What made the archive, where that writes backslashes for slashes: MS-DOS and NTFS (APPNOTE 4.4.2). */
const backslashHosts = [0, 10];

/**
 * The Unicode Path field when it belongs to this name, which its CRC-32 says; else the name as UTF-8 when it is that, whether it is
 * marked so or not; else as CP437.
 */
export function entryPath(entry: Entry): EntryPath {
  const raw = entry.fileNameRaw;
  const flags = isUtf8(raw) ? entry.generalPurposeBitFlag | isUtf8Flag : entry.generalPurposeBitFlag & ~isUtf8Flag;
  const fields = entry.extraFields.filter(({ id, data }) => id !== unicodePath || isUtf8(data.subarray(5)));
  const name = getFileNameLowLevel(flags, raw, fields, true);
  const isWindows = backslashHosts.includes(entry.versionMadeBy >> 8) && !name.includes('/');
  return shortPath(isWindows ? name.replaceAll('\\', '/') : name);
}
