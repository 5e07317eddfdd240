// Manages a worker thread for what users have written: it is started when first needed, and ended when a task takes too much time or memory.
import { Worker } from 'node:worker_threads';
import type { ThreadMessage } from './thread-tasks.js';

const youngMiB = 16;
/** On a busy machine the thread gets less of the processor. The limit is for processor time; this many times the limit may pass on the clock. */
const patience = 8;
const startMs = 30_000;

export type TaskEnd<Answer> = Answer | 'time' | 'memory';

/** `Task` and `Answer` are what structuredClone takes, and Answer is an object. */
export class BoundedThread<Task, Answer extends object> {
  private worker: Worker | undefined;
  /** The processor time of the thread before its present task; undefined where Node cannot tell. */
  private usedMs: number | undefined;
  private settle: (end: TaskEnd<Answer>) => void = () => {};

  /** `entry`: a module that calls serveTasks, next to the bundle as it lies next to the caller's file. `oldMiB`: the memory for what lasts. */
  constructor(
    private readonly entry: URL,
    private readonly oldMiB: number,
  ) {}

  /** Runs one task at a time. `limitMs`: of processor time. Throws when no thread can be started. */
  async run(task: Task, limitMs: number): Promise<TaskEnd<Answer>> {
    this.worker ??= await this.start();
    const worker = this.worker;
    const end = this.next(limitMs);
    worker.postMessage(task);
    return end;
  }

  private async start(): Promise<Worker> {
    const resourceLimits = { maxOldGenerationSizeMb: this.oldMiB, maxYoungGenerationSizeMb: youngMiB };
    const worker = new Worker(this.entry, { resourceLimits, env: {}, execArgv: [], trackUnmanagedFds: false });
    worker.unref();
    this.usedMs = undefined;
    let fault: Error | undefined;
    worker.on('message', ({ answer, usedMs }: ThreadMessage<Answer>) => {
      this.usedMs = usedMs;
      this.settle(answer);
    });
    worker.on('error', (error) => {
      fault = error;
    });
    worker.on('exit', () => {
      if (this.worker === worker) this.worker = undefined;
      this.settle('memory');
    });
    const begun = await this.next(startMs, worker);
    if (typeof begun === 'string') throw fault ?? new Error(`the thread for what users have written did not start within ${startMs} ms`);
    return worker;
  }

  /** Resolves with the end of the present task of the thread. */
  private async next(limitMs: number, worker = this.worker as Worker): Promise<TaskEnd<Answer>> {
    const beforeMs = this.usedMs ?? 0;
    const begunMs = performance.now();
    let timer: NodeJS.Timeout | undefined;
    const end = await new Promise<TaskEnd<Answer>>((resolve) => {
      this.settle = resolve;
      const look = async () => {
        const elapsedMs = performance.now() - begunMs;
        const ownMs = await this.usedNow(worker).then((used) => (used === undefined ? elapsedMs : used - beforeMs));
        if (ownMs >= limitMs || elapsedMs >= limitMs * patience) resolve('time');
        else timer = setTimeout(look, Math.max(1, limitMs - ownMs));
      };
      timer = setTimeout(look, limitMs);
    });
    clearTimeout(timer);
    this.settle = () => {};
    if (typeof end === 'string') await worker.terminate();
    return end;
  }

  /** Undefined where Node cannot tell (before 22.20 and 24.6), and when the thread does not answer or has ended. */
  private async usedNow(worker: Worker): Promise<number | undefined> {
    // Node has cpuUsage from 22.20 on
    if (this.usedMs === undefined || !('cpuUsage' in worker)) return undefined;
    const silent = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 100).unref());
    const used = await Promise.race([silent, worker.cpuUsage().catch(() => undefined)]);
    return used && (used.user + used.system) / 1000;
  }
}
