// Which folders of a work directory are not as empty as they were at the start.
import { lstatSync } from 'node:fs';
import type { WorkDirectory } from './work-directories.js';

/** The names of those in which something may be; a folder whose ctime is the same holds nothing. */
export function changedFolders({ work, temporary, changedMs }: WorkDirectory): string[] {
  const folders: [name: string, path: string, ctimeMs: number | null][] = [
    ['work', work, changedMs[0]],
    ['tmp', temporary, changedMs[1]],
  ];
  return folders.filter(([, path, ctimeMs]) => ctimeMs === null || timeOf(path) !== ctimeMs).map(([name]) => name);
}

function timeOf(path: string): number | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.ctimeMs;
}
