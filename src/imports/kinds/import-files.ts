// Reads files of one kind: what each item in them becomes. A file that cannot be read at all is refused as one item.
import { type Imported, type ImportedFiles, withUniqueNames } from '../imported.js';
import type { ImportKind, ImportTask } from './import-file.js';

/** Reads one file, somewhere. `limitMs`: how much of the processor it may take; `usedMs`: how long it took. */
export type FileReader = (task: ImportTask, limitMs: number) => Promise<{ items: Imported[]; usedMs: number }>;

/** Larger files are nothing that a person has written. */
const fileBound = 256 * 1024;

/** A file is read in a few ms; all of a request may take a second of the processor. */
const fileMs = 500;
const allMs = 2000;
/** How many characters what the files of a request become may have, as JSON. */
const lengthBound = 8 * 2 ** 20;

/** Kinds in which each file is one item, called as the file. */
const perFile: ImportKind[] = ['scripts', 'systemd', 'cwl'];

export async function importFiles(kind: ImportKind, files: ImportedFiles, read: FileReader): Promise<Imported[]> {
  const siblings = Object.keys(files);
  const paths = siblings.toSorted();
  const left = { ms: allMs, length: lengthBound };
  const all: Imported[][] = [];
  for (const path of paths) all.push(await readFile({ kind, path, text: files[path], siblings }, { read, left }));
  const isOneOfMany = !perFile.includes(kind) && paths.length > 1;
  if (!isOneOfMany) return withUniqueNames(all.flat());
  return withUniqueNames(all.flatMap((some, index) => some.map((one) => ({ ...one, item: `${paths[index]}: ${one.item}` }))));
}

/** `left`: what the further files of the request may take; it becomes less. */
async function readFile(task: ImportTask, { read, left }: { read: FileReader; left: { ms: number; length: number } }): Promise<Imported[]> {
  const refused = (reason: string): Imported[] => [{ item: task.path, refused: reason, notes: [] }];
  if (task.text.length > fileBound) return refused(`it has more than ${fileBound} characters`);
  if (left.ms <= 0) return refused(`the files before it took more than ${allMs} ms to read; send fewer at once`);
  const { items, usedMs } = await read(task, Math.min(fileMs, left.ms));
  left.ms -= usedMs;
  const { length } = JSON.stringify(items);
  if (length > left.length) return refused(`what this file and those before it become has more than ${lengthBound} characters`);
  left.length -= length;
  return items;
}
