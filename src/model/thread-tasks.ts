// The side of a bounded thread that works: it answers one task after the other, and says how much of the processor it has used.
import { parentPort } from 'node:worker_threads';

/** `usedMs`: the processor time of this thread since its start; undefined where Node cannot tell. */
export interface ThreadMessage<Answer> {
  answer: Answer;
  usedMs: number | undefined;
}

/** To be called once, by the entry of the thread. An error that `work` throws ends the thread. */
export function serveTasks<Task, Answer extends object>(work: (task: Task) => Answer): void {
  const say = (answer: object) => {
    const used = (process as Partial<Pick<NodeJS.Process, 'threadCpuUsage'>>).threadCpuUsage?.();
    parentPort?.postMessage({ answer, usedMs: used && (used.user + used.system) / 1000 } satisfies ThreadMessage<object>);
  };
  parentPort?.on('message', (task: Task) => say(work(task)));
  say({});
}
