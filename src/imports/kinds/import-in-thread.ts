// Has imported files read in a worker thread, one by one, in turn for each user.
import { BoundedThread, type TaskEnd } from '../../model/bounded-thread.js';
import { TurnsOfUsers } from '../../model/turns-of-users.js';
import type { Imported } from '../imported.js';
import type { ImportTask } from './import-file.js';
import type { FileReader } from './import-files.js';
import type { ImportAnswer } from './import-thread.js';

/** YAML of the largest file takes some 40 MiB. */
const memoryMiB = 96;

interface Timed {
  task: ImportTask;
  limitMs: number;
}

const thread = new BoundedThread<ImportTask, ImportAnswer>(new URL('./import-thread.js', import.meta.url), memoryMiB);
const turns = new TurnsOfUsers(read, ({ task }: Timed) => task.text.length);

/** Throws too_many_checks. */
export function readerFor(user: number): FileReader {
  return (task, limitMs) => turns.run(user, { task, limitMs });
}

async function read({ task, limitMs }: Timed): Promise<{ items: Imported[]; usedMs: number }> {
  const begunMs = performance.now();
  const end = await thread.run(task, limitMs);
  const usedMs = performance.now() - begunMs;
  if (typeof end === 'object' && 'items' in end) return { items: JSON.parse(end.items), usedMs };
  return { items: [{ item: task.path, refused: reasonOf(end, limitMs), notes: [] }], usedMs };
}

function reasonOf(end: Exclude<TaskEnd<ImportAnswer>, { items: string }>, limitMs: number): string {
  if (end === 'time') return `it takes more than ${Math.round(limitMs)} ms to read`;
  return end === 'memory' ? 'it takes too much memory to read' : `what it becomes has ${end.length} characters; allowed: ${end.allowed}`;
}
