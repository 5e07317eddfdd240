// The worker thread that reads imported files: a text may be made so that it takes hours, or all memory of the thread, but never that of the server.
import { serveTasks } from '../../model/thread-tasks.js';
import type { Imported } from '../imported.js';
import { type ImportTask, importFile } from './import-file.js';

/** `items` as JSON text; `length`: its characters, where they are more than `allowed`. */
export type ImportAnswer = { items: string } | { length: number; allowed: number };

/** The most characters of what one file becomes, as JSON text. */
const itemsBound = 4 * 2 ** 20;

serveTasks<ImportTask, ImportAnswer>((task) => {
  const items = JSON.stringify(importFile(task) satisfies Imported[]);
  return items.length > itemsBound ? { length: items.length, allowed: itemsBound } : { items };
});
