// A worker of the library with its own folder, and what tests ask about its jobs, logs, processes and descriptors.
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { expect } from 'vitest';
import { type JobReport, type JobStatus, Worker, type WorkerOptions } from '../../src/worker/library/index.js';

export const owner = 'ada';

export interface TestWorker {
  worker: Worker;
  logDir: string;
  /** A file that does not exist yet; programs that `waitFor` it continue when it does. */
  gate: (name: string) => string;
  /** `sh -c script sh …args`, of `owner`. */
  shell: (script: string, ...args: string[]) => Promise<string>;
  /** Resolves when the job has this status. */
  until: (job: string, status: JobStatus) => Promise<JobReport>;
  /** Resolves when the job has ended. */
  ended: (job: string) => Promise<JobReport>;
  /** The stream of the job, read to its end. */
  output: (job: string) => Promise<string>;
  /** The only log of the job, as it is on the disk. */
  log: (job: string) => string;
  /** Closes the worker and removes its folder. */
  remove: () => Promise<void>;
}

export function testWorker(options: Partial<WorkerOptions> = {}): TestWorker {
  const folder = mkdtempSync(join(tmpdir(), 'procreg-worker-'));
  const logDir = join(folder, 'logs');
  const worker = new Worker({ logDir, ...options });
  const becomes = async (job: string, accepted: (status: JobStatus) => boolean) => {
    await eventually(async () => accepted((await worker.query(job, owner)).status)).toBe(true);
    return worker.query(job, owner);
  };
  return {
    worker,
    logDir,
    gate: (name) => join(folder, name),
    shell: (script, ...args) => worker.start({ name: 'sh', args: ['-c', script, 'sh', ...args] }, owner),
    until: (job, status) => becomes(job, (now) => now === status),
    ended: (job) => becomes(job, (now) => now !== 'running' && now !== 'stopping'),
    output: async (job) => textOf(await worker.stream(job, owner)),
    log: (job) => readFileSync(logPath(logDir, job), 'utf8'),
    remove: async () => {
      await worker.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Shell: continues when the file of its argument `parameter` exists. */
export const waitFor = (parameter: string) => `while [ ! -e "${parameter}" ]; do sleep 0.05; done`;

export function open(gate: string): void {
  writeFileSync(gate, '');
}

export function logPath(logDir: string, job: string): string {
  const logs = readdirSync(logDir).filter((name) => name.endsWith(`_${job}.log`));
  expect(logs).toHaveLength(1);
  return join(logDir, logs[0]);
}

export async function textOf(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** Collects what a stream brings while the test does something else. */
export function collected(stream: Readable): { text: () => string } {
  let text = '';
  stream.on('data', (chunk) => (text += chunk));
  return { text: () => text };
}

/** Asked again and again until it is as expected, however busy the machine is. */
export function eventually<Value>(ask: () => Value | Promise<Value>) {
  return expect.poll(ask, { timeout: 30_000, interval: 20 });
}

/** False also for a zombie, which runs nothing any more. */
export function runs(pid: number): boolean {
  const stat = `/proc/${pid}/stat`;
  try {
    return existsSync(stat) && !/\) [ZX] /.test(readFileSync(stat, 'utf8'));
  } catch {
    return false;
  }
}

/** How many descriptors of this process are files below `folder`. */
export function descriptorsIn(folder: string): number {
  return readdirSync('/proc/self/fd').filter((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith(`${folder}/`);
    } catch {
      return false;
    }
  }).length;
}
