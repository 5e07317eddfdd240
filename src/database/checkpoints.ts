// When the write-ahead log of SQLite is brought into the file: by a thread, after some transactions, so that only little is left to the connection.
import { Worker } from 'node:worker_threads';

/** The entry of the thread, which lies next to the bundle as it lies next to this file. */
const entry = new URL('./checkpoint-thread.js', import.meta.url);
/** How many transactions lie between two checkpoints: some 4 MB of the log. */
const transactions = 100;
/** A thread without work is ended after this time. */
const idleMs = 2000;
/**
 * At this many pages (64 MB) the connection itself makes a checkpoint, of the little that the last one of the thread has left: only then can
 * the log begin anew while it is written without a pause. It also helps where no thread can be started.
 */
export const longestLogPages = 16_000;

export class Checkpoints {
  private fresh = 0;
  private worker: Worker | undefined;
  private idle: NodeJS.Timeout | undefined;
  /** The checkpoint under way. */
  private running: Promise<void> | undefined;
  private answer: () => void = () => {};
  private isOver = false;

  /** `file`: the path of the database. */
  constructor(private readonly file: string) {}

  /** To be called after each transaction. */
  committed(): void {
    this.fresh++;
    if (this.fresh < transactions || this.running || this.isOver) return;
    this.fresh = 0;
    this.running = this.ask().finally(() => {
      this.running = undefined;
    });
  }

  /** Resolves when no checkpoint is under way. Until then the file has another connection than the server's. */
  async settled(): Promise<void> {
    await this.running;
  }

  /** No further checkpoint begins. */
  async end(): Promise<void> {
    this.isOver = true;
    await this.settled();
    await this.endThread();
  }

  /** A checkpoint that fails is made up for by the next one. */
  private async ask(): Promise<void> {
    clearTimeout(this.idle);
    this.worker ??= this.start();
    const answered = new Promise<void>((resolve) => {
      this.answer = resolve;
    });
    this.worker.postMessage(this.file);
    await answered;
    this.idle = setTimeout(() => void this.endThread(), idleMs).unref();
  }

  private start(): Worker {
    const worker = new Worker(entry, { env: {}, execArgv: [], trackUnmanagedFds: false });
    worker.unref();
    worker.on('message', () => this.answer());
    worker.on('error', () => {});
    worker.on('exit', () => {
      if (this.worker !== worker) return;
      this.worker = undefined;
      this.answer();
    });
    return worker;
  }

  private async endThread(): Promise<void> {
    clearTimeout(this.idle);
    const { worker } = this;
    this.worker = undefined;
    await worker?.terminate();
  }
}
