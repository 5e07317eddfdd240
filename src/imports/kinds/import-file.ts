// Reads one file of a kind: what each item in it becomes, or why the file is refused.
import { importCrontab } from '../crontab.js';
import { importCwl } from '../cwl.js';
import { type Imported, type Importer, plainText, reasonOf } from '../imported.js';
import { importOliveTin } from '../olivetin.js';
import { importScripts } from '../scripts/scripts.js';
import { importSystemd } from '../systemd.js';
import { importWebhook } from '../webhook.js';

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

/** `siblings`: the names of all files that came together. */
export interface ImportTask {
  kind: ImportKind;
  path: string;
  text: string;
  siblings: string[];
}

const lineEnds = 'a byte order mark and line ends of Windows (CR LF) are left out';

export function importFile({ kind, path, text: given, siblings }: ImportTask): Imported[] {
  try {
    const text = plainText(given);
    const items = importers[kind]({ [path]: text }, siblings);
    // a script is stored as it is read, and the kernel takes it no other way
    return kind === 'scripts' && text !== given ? items.map((one) => ({ ...one, notes: [lineEnds, ...one.notes] })) : items;
  } catch (error) {
    return [{ item: path, refused: reasonOf(error), notes: [] }];
  }
}
