// Starts programs for owners and keeps their jobs: stop, query, follow the log, purge, close. Uses Node's own modules only.
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { checkedAmounts, checkedCommand, checkedOwner } from './arguments.js';
import type { Command, JobReport, PurgeLimits, StopOptions, WorkerOptions } from './contract.js';
import { expiredJobs } from './expired-jobs.js';
import { type Job, startJob } from './job.js';
import { createLog, logFileName, openLog, removeLog } from './log-file.js';
import { LogReader } from './log-reader.js';
import { systemFault } from './system-fault.js';
import { WorkerError } from './worker-error.js';

const defaultGraceMs = 5000;

/**
 * Every failure is a WorkerError. A job of another owner is answered exactly like a job that does not exist. Jobs are kept in memory
 * until a purge; the caller decides how many run at once. Source: iron-exec, whose statuses and log follower are corrected here.
 */
export class Worker {
  private readonly logDir: string;
  private readonly graceMs: number;
  private readonly jobs = new Map<string, Job>();
  private readonly readers = new Set<LogReader>();
  private readonly starting = new Set<Promise<string>>();
  private closing: Promise<void> | undefined;

  /** Creates `logDir`, for this user alone. Throws `log_dir_unusable`, `invalid_argument`. */
  constructor(options: WorkerOptions) {
    if (typeof options.logDir !== 'string' || options.logDir === '') throw new WorkerError('invalid_argument', 'logDir must name a folder');
    this.logDir = resolve(options.logDir);
    this.graceMs = checkedAmounts(options, 'graceMs').graceMs ?? defaultGraceMs;
    try {
      mkdirSync(this.logDir, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw systemFault('log_dir_unusable', 'failed to create the log directory', error);
    }
  }

  /**
   * Resolves with the job's id (UUID) when the program runs: with the caller's environment and working directory, an empty
   * stdin, and both other streams in `{logDir}/{name}_{job id}.log`, in order of writing.
   * Rejects with `start_failed` and the errno (ENOENT, EACCES, E2BIG, …), and then leaves no log; also with `invalid_argument`.
   */
  async start(command: Command, owner: string): Promise<string> {
    this.refuseWhenClosed();
    const starting = this.launch(checkedCommand(command), checkedOwner(owner));
    this.starting.add(starting);
    try {
      return await starting;
    } finally {
      this.starting.delete(starting);
    }
  }

  /**
   * Resolves when the signal is sent to the program and its children (its process group); the status is `stopping` until the
   * program has ended. Rejects with `stop_failed` (ESRCH when it has ended already), `job_not_found`.
   */
  async stop(job: string, owner: string, options: StopOptions = {}): Promise<void> {
    this.find(job, owner).stop(checkedAmounts(options, 'graceMs'));
  }

  /** Rejects with `job_not_found`. */
  async query(job: string, owner: string): Promise<JobReport> {
    return this.find(job, owner).report();
  }

  /**
   * The log from its first byte, followed until the program has ended; each call has its own reader. Destroy a stream that is not read to
   * its end. Rejects with `job_not_found`, `log_gone`, `log_unreadable`; a stream that is open when its log is removed can still be read.
   */
  async stream(job: string, owner: string): Promise<Readable> {
    const found = this.find(job, owner);
    const reader = new LogReader(await openLog(found.order.log), found);
    this.readers.add(reader);
    reader.once('close', () => this.readers.delete(reader));
    if (this.closing) reader.destroy();
    this.refuseWhenClosed();
    return reader;
  }

  /**
   * Removes the logs of ended jobs that are over the limits, oldest end first, and forgets these jobs; resolves with their ids.
   * Rejects with `purge_failed` when a log could not be removed; the job of that log is kept, the others are gone.
   */
  async purge(limits: PurgeLimits): Promise<string[]> {
    this.refuseWhenClosed();
    const removed: string[] = [];
    let fault: WorkerError | undefined;
    for (const job of await expiredJobs(this.jobs.values(), checkedAmounts(limits, 'maxAgeMs', 'maxBytes'))) {
      try {
        await removeLog(job.logPath);
        if (this.jobs.delete(job.order.id)) removed.push(job.order.id);
      } catch (error) {
        fault = systemFault('purge_failed', 'failed to remove a log file', error);
      }
    }
    if (fault) throw fault;
    return removed;
  }

  /**
   * Kills running programs, waits for their end, destroys open streams with the error `closed`; logs stay. Every later call except close
   * rejects with `closed`. Rejects with `stop_failed` when a program may not be killed; this program then keeps running.
   */
  close(): Promise<void> {
    this.closing ??= this.release();
    return this.closing;
  }

  private async launch(command: { name: string; args: string[] }, owner: string): Promise<string> {
    const id = randomUUID();
    const path = join(this.logDir, logFileName(command.name, id));
    const { log, handle } = await createLog(path).catch((error) => {
      throw systemFault('start_failed', 'failed to create the log file', error);
    });
    try {
      this.jobs.set(id, await startJob({ id, owner, command, log, graceMs: this.graceMs }, handle.fd));
      return id;
    } catch (error) {
      await removeLog(path).catch(() => {});
      throw systemFault('start_failed', 'failed to start the program', error);
    } finally {
      await handle.close();
    }
  }

  private async release(): Promise<void> {
    await Promise.allSettled(this.starting);
    const running = [...this.jobs.values()].filter(({ over }) => !over);
    const ends = await Promise.allSettled(running.map(kill));
    await Promise.all([...this.readers].map(destroyed));
    this.jobs.clear();
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  }

  private find(id: string, owner: string): Job {
    this.refuseWhenClosed();
    const job = this.jobs.get(id);
    if (job && job.order.owner === owner) return job;
    throw new WorkerError('job_not_found', `no job with id ${id} found for user`);
  }

  private refuseWhenClosed(): void {
    if (this.closing) throw new WorkerError('closed', 'the worker is closed');
  }
}

async function kill(job: Job): Promise<void> {
  try {
    job.stop({ graceful: false });
  } catch (error) {
    job.letGo();
    throw error;
  }
  await job.ended;
}

function destroyed(reader: LogReader): Promise<void> {
  return new Promise((resolve) => {
    reader.once('close', () => resolve());
    reader.destroy(new WorkerError('closed', 'the worker was closed while its log was read'));
  });
}
