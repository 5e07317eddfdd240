// Reads that take longer than a request may hold up the others: in a thread on SQLite, on few connections on MySQL; few at a time, and not for long.
import { Worker } from 'node:worker_threads';
import type { DataSource } from 'typeorm';
import { CodedError } from '../model/coded-error.js';
import { ensureFile } from './database-file.js';
import { databaseFault } from './faults.js';
import { type Query, readSnapshot } from './read-snapshot.js';
import type { ReadAnswer, ReadTask } from './read-thread.js';
import { sqliteConnection } from './sqlite-connection.js';

/** The entry of the thread, which lies next to the bundle as it lies next to this file. */
const entry = new URL('./read-thread.js', import.meta.url);
/** How many reads run at a time. */
const atOnce = { sqlite: 1, mysql: 2 };
const waitingBound = 20;
const longestMs = 30_000;
/** A thread without work is ended after this time. */
const idleMs = 10_000;

const busy = { retryAfterSeconds: 2 };
const tooLong = () => new CodedError('not_ready', `the list takes longer than ${longestMs / 1000} s to read; narrow it by a filter`, busy);

export class SlowReads {
  private readonly file: string | null;
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private worker: Worker | undefined;
  private idle: NodeJS.Timeout | undefined;
  private settle: (answer: ReadAnswer) => void = () => {};

  constructor(private readonly dataSource: DataSource) {
    this.file = sqliteConnection(dataSource) ? String(dataSource.options.database) : null;
  }

  /** All queries of `read` see the same state. Throws not_ready when too many reads wait, or when this one takes too long. */
  async read<Result>(read: (query: Query) => Promise<Result>): Promise<Result> {
    await this.enter();
    try {
      return await (this.file === null ? this.inPool(read) : this.inThread(this.file, read));
    } finally {
      this.running--;
      this.waiting.shift()?.();
    }
  }

  private async enter(): Promise<void> {
    if (this.running >= (this.file === null ? atOnce.mysql : atOnce.sqlite)) {
      if (this.waiting.length >= waitingBound)
        throw new CodedError('not_ready', `${this.waiting.length} lists that take long to read are waiting`, busy);
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    this.running++;
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

  private async inThread<Result>(file: string, read: (query: Query) => Promise<Result>): Promise<Result> {
    clearTimeout(this.idle);
    await ensureFile(this.dataSource);
    const untilMs = performance.now() + longestMs;
    try {
      await this.ask({ file }, untilMs);
      return await read(<Row>(sql: string, parameters?: unknown[]) => this.ask({ sql, parameters }, untilMs) as Promise<Row[]>);
    } finally {
      if (this.worker) await this.ask({}, untilMs).catch(() => {});
      this.idle = setTimeout(() => this.end(), idleMs).unref();
    }
  }

  private async ask(task: ReadTask, untilMs: number): Promise<unknown[]> {
    this.worker ??= this.start();
    const answered = new Promise<ReadAnswer>((resolve) => {
      this.settle = resolve;
    });
    const timer = setTimeout(() => this.end(), Math.max(1, untilMs - performance.now()));
    this.worker.postMessage(task);
    const answer = await answered.finally(() => clearTimeout(timer));
    if ('rows' in answer) return answer.rows;
    const error = Object.assign(new Error(answer.message), { code: answer.code });
    throw answer.code === 'late' ? tooLong() : (databaseFault(error) ?? error);
  }

  private start(): Worker {
    const worker = new Worker(entry, { env: {}, execArgv: [], trackUnmanagedFds: false });
    worker.unref();
    let fault: Error | undefined;
    worker.on('message', (answer: ReadAnswer) => this.settle(answer));
    worker.on('error', (error) => {
      fault = error;
    });
    worker.on('exit', () => {
      if (this.worker !== worker && this.worker !== undefined) return;
      this.worker = undefined;
      this.settle({ code: fault ? undefined : 'late', message: fault?.message ?? '' });
    });
    return worker;
  }

  private end(): void {
    void this.worker?.terminate();
    this.worker = undefined;
  }
}
