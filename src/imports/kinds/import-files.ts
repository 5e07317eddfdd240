// Reads files of one kind: what each item in them becomes. A file that cannot be read at all is refused as one item.
import { inTurns } from '../../model/in-turns.js';
import { importCrontab } from '../crontab.js';
import { importCwl } from '../cwl.js';
import { type Imported, type ImportedFiles, type Importer, plainText, reasonOf, withUniqueNames } from '../imported.js';
import { importOliveTin } from '../olivetin.js';
import { importScripts } from '../scripts/scripts.js';
import { importSystemd } from '../systemd.js';
import { importWebhook } from '../webhook.js';
import { withinTime } from '../within-time.js';

/** Larger files are nothing that a person has written. */
const fileBound = 256 * 1024;

/** A file is read in a few ms; all of a request may take a second of the processor. */
const fileMs = 500;
const allMs = 2000;

const importers = {
  scripts: importScripts,
  crontab: importCrontab,
  webhook: importWebhook,
  olivetin: importOliveTin,
  systemd: importSystemd,
  cwl: importCwl,
} satisfies Record<string, Importer>;

export type ImportKind = keyof typeof importers;

export const importKinds = Object.keys(importers) as ImportKind[];

/** Kinds in which each file is one item, called as the file. */
const perFile: ImportKind[] = ['scripts', 'systemd', 'cwl'];

export async function importFiles(kind: ImportKind, files: ImportedFiles): Promise<Imported[]> {
  const paths = Object.keys(files).sort();
  let leftMs = allMs;
  const all = await inTurns(paths, async (path) => {
    const begunMs = performance.now();
    const items = readFile({ kind, path, ms: Math.min(fileMs, leftMs) }, files);
    leftMs = Math.max(1, leftMs - Math.round(performance.now() - begunMs));
    return items;
  });
  const items = all.flat();
  const isOneOfMany = !perFile.includes(kind) && paths.length > 1;
  if (!isOneOfMany) return withUniqueNames(items);
  return withUniqueNames(all.flatMap((some, index) => some.map((one) => ({ ...one, item: `${paths[index]}: ${one.item}` }))));
}

const lineEnds = 'a byte order mark and line ends of Windows (CR LF) are left out';

function readFile({ kind, path, ms }: { kind: ImportKind; path: string; ms: number }, files: ImportedFiles): Imported[] {
  const refused = (reason: string): Imported[] => [{ item: path, refused: reason, notes: [] }];
  if (files[path].length > fileBound) return refused(`it has more than ${fileBound} characters`);
  try {
    const text = plainText(files[path]);
    const items = withinTime(ms, () => importers[kind]({ [path]: text }, Object.keys(files)));
    // a script is stored as it is read, and the kernel takes it no other way
    return kind === 'scripts' && text !== files[path] ? items.map((one) => ({ ...one, notes: [lineEnds, ...one.notes] })) : items;
  } catch (error) {
    return refused(reasonOf(error));
  }
}
