// Unpacks a zip into the files of a run: the whole zip is read and checked before the first byte is written.
import type { FileTree } from '../model/run-files.js';
import { checkArchive, eachEntry } from './read-archive.js';

/** `archive` is a file that belongs to the server. Throws what checkArchive and the tree throw. */
export async function unpackArchive(archive: string, tree: FileTree, bytesBound: number): Promise<void> {
  await checkArchive(archive, bytesBound);
  await eachEntry(archive, async ({ path, directory, executable, open }) => {
    if (directory) await tree.makeFolder(path);
    else await tree.put({ path, executable, content: open });
  });
}
