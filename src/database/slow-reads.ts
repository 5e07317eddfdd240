// Reads that take longer than a request may hold up the others: in a thread on SQLite, on few connections on MySQL; few at a time, and not for long.
import { Worker } from 'node:worker_threads';
import type { DataSource } from 'typeorm';
import { CodedError } from '../model/coded-error.js';
import { ensureFile } from './database-file.js';
import { databaseFault } from './faults.js';
import { type Reader, ReadQueue } from './read-queue.js';
import { type Query, readSnapshot } from './read-snapshot.js';
import type { ReadAnswer, ReadTask } from './read-thread.js';
import { sqliteConnection } from './sqlite-connection.js';

/** The entry of the thread, which lies next to the bundle as it lies next to this file. */
const entry = new URL('./read-thread.js', import.meta.url);
/** How many reads run at a time. */
const atOnce = { sqlite: 1, mysql: 2 };
const longestMs = 30_000;
/** How long the thread has to stop at a row. */
const graceMs = 5000;
/** A thread without work is ended after this time. */
const idleMs = 10_000;

const tooLong = () =>
  new CodedError('not_ready', `the list takes longer than ${longestMs / 1000} s to read; narrow it by a filter`, { retryAfterSeconds: 2 });

export class SlowReads {
  private readonly file: string | null;
  private readonly queue: ReadQueue;
  /** 1: the thread must stop its present read. */
  private readonly stopped = new Int32Array(new SharedArrayBuffer(4));
  private worker: Worker | undefined;
  private idle: NodeJS.Timeout | undefined;
  private settle: (answer: ReadAnswer) => void = () => {};

  constructor(private readonly dataSource: DataSource) {
    this.file = sqliteConnection(dataSource) ? String(dataSource.options.database) : null;
    this.queue = new ReadQueue(this.file === null ? atOnce.mysql : atOnce.sqlite);
  }

  /** All queries of `read` see the same state. Throws not_ready when too many reads wait, when this one takes too long, or when its caller has gone away. */
  async read<Result>(read: (query: Query) => Promise<Result>, reader: Reader): Promise<Result> {
    await this.queue.enter(reader);
    try {
      return await (this.file === null ? this.inPool(read) : this.inThread(this.file, read, reader));
    } finally {
      this.queue.leave();
    }
  }

  private inPool<Result>(read: (query: Query) => Promise<Result>): Promise<Result> {
    const isMariaDb = this.dataSource.options.type === 'mariadb';
    const bounded = isMariaDb
      ? `SET STATEMENT max_statement_time = ${longestMs / 1000} FOR SELECT`
      : `SELECT /*+ MAX_EXECUTION_TIME(${longestMs}) */`;
    const boundedRead = (query: Query) => read((sql, parameters) => query(sql.replace(/^SELECT/, bounded), parameters));
    return readSnapshot(this.dataSource, boundedRead).catch((error) => {
      const { errno } = (error as { driverError?: { errno?: number } }).driverError ?? {};
      throw errno === 1969 || errno === 3024 ? tooLong() : error;
    });
  }

  private async inThread<Result>(file: string, read: (query: Query) => Promise<Result>, { signal }: Reader): Promise<Result> {
    clearTimeout(this.idle);
    Atomics.store(this.stopped, 0, 0);
    const stop = () => void Atomics.store(this.stopped, 0, 1);
    const timers = [setTimeout(stop, longestMs), setTimeout(() => this.end(), longestMs + graceMs)];
    signal?.addEventListener('abort', stop);
    if (signal?.aborted) stop();
    try {
      await ensureFile(this.dataSource);
      await this.ask({ file });
      return await read(<Row>(sql: string, parameters?: unknown[]) => this.ask({ sql, parameters }) as Promise<Row[]>);
    } finally {
      signal?.removeEventListener('abort', stop);
      for (const timer of timers) clearTimeout(timer);
      if (this.worker) await this.ask({}).catch(() => {});
      this.idle = setTimeout(() => this.end(), idleMs).unref();
    }
  }

  private async ask(task: ReadTask): Promise<unknown[]> {
    this.worker ??= this.start();
    const answered = new Promise<ReadAnswer>((resolve) => {
      this.settle = resolve;
    });
    this.worker.postMessage(task);
    const answer = await answered;
    if ('rows' in answer) return answer.rows;
    const error = Object.assign(new Error(answer.message), { code: answer.code });
    throw answer.code === 'stopped' ? tooLong() : (databaseFault(error) ?? error);
  }

  private start(): Worker {
    const worker = new Worker(entry, { workerData: this.stopped, env: {}, execArgv: [], trackUnmanagedFds: false });
    worker.unref();
    let fault: Error | undefined;
    const settle = (answer: ReadAnswer) => {
      if (this.worker === worker) this.settle(answer);
    };
    worker.on('message', settle);
    worker.on('error', (error) => {
      fault = error;
    });
    worker.on('exit', () => {
      settle({ code: undefined, message: fault?.message ?? 'the thread that reads lists has ended' });
      if (this.worker === worker) this.worker = undefined;
    });
    return worker;
  }

  /** A thread that does not stop at a row is left to itself. */
  private end(): void {
    void this.worker?.terminate();
    this.worker = undefined;
    this.settle({ code: 'stopped', message: '' });
  }
}
