// Close: nothing runs, nothing is open, nothing more is done; logs stay.
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Worker } from '../../src/worker/library/index.js';
import { descriptorsIn, eventually, owner, runs, testWorker } from '../support/worker.js';

const closed = { name: 'WorkerError', code: 'closed' };

test('kills running programs, whether they heed TERM or not, with their children, and waits for their end', async () => {
  const own = testWorker();
  const jobs = [await own.shell("trap '' TERM; sleep 300 & echo $!; wait; wait"), await own.shell('echo; sleep 300')];
  for (const job of jobs) await eventually(() => own.log(job)).toContain('\n');
  const child = Number(own.log(jobs[0]));
  const pids = await Promise.all(jobs.map(async (job) => (await own.worker.query(job, owner)).pid));
  await own.worker.close();
  expect(pids.map(runs)).toEqual([false, false]);
  await eventually(() => runs(child)).toBe(false);
  expect(readdirSync(own.logDir)).toHaveLength(2);
  await own.remove();
});

test('ends open streams with an error, so that a part is never taken for the whole, and closes them', async () => {
  const own = testWorker();
  const job = await own.shell('echo 1; sleep 300');
  const following = (await own.worker.stream(job, owner)).resume();
  const unread = await own.worker.stream(job, owner);
  const failures = [following, unread].map((stream) => once(stream, 'error'));
  expect(descriptorsIn(own.logDir)).toBe(2);
  await own.worker.close();
  for (const [error] of await Promise.all(failures)) expect(error).toMatchObject(closed);
  expect(descriptorsIn(own.logDir)).toBe(0);
  await own.remove();
});

test('refuses every later call, but may be called again', async () => {
  const own = testWorker();
  const job = await own.shell('true');
  await own.ended(job);
  await Promise.all([own.worker.close(), own.worker.close()]);
  await own.worker.close();
  const { worker } = own;
  const calls = [worker.start({ name: 'true' }, owner), worker.query(job, owner), worker.stop(job, owner), worker.stream(job, owner)];
  for (const call of [...calls, worker.purge({})]) await expect(call).rejects.toMatchObject(closed);
  await own.remove();
});

test('kills a program that is just being started, too', async () => {
  const own = testWorker();
  const starts = Array.from({ length: 10 }, () => own.shell('sleep 300; true', own.logDir));
  await Promise.all([own.worker.close(), Promise.allSettled(starts)]);
  await eventually(() => processesWith(own.logDir)).toEqual([]);
  expect(readdirSync(own.logDir)).toHaveLength(10);
  expect(descriptorsIn(own.logDir)).toBe(0);
  await own.remove();
});

test('leaves no stream open that is just being opened', async () => {
  const own = testWorker();
  const job = await own.shell('echo');
  await own.ended(job);
  const opening = Array.from({ length: 10 }, () => own.worker.stream(job, owner));
  const [streams] = await Promise.all([Promise.allSettled(opening), own.worker.close()]);
  expect(streams).toMatchObject(streams.map(() => ({ status: 'rejected', reason: closed })));
  await eventually(() => descriptorsIn(own.logDir)).toBe(0);
  await own.remove();
});

/** The processes that have this argument. */
function processesWith(argument: string): number[] {
  const pids = readdirSync('/proc').map(Number).filter(runs);
  return pids.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(argument);
    } catch {
      return false;
    }
  });
}

test('a folder for logs that cannot be created is an error of the constructor', () => {
  const folder = mkdtempSync(join(tmpdir(), 'procreg-worker-'));
  writeFileSync(join(folder, 'file'), '');
  const code = (make: () => Worker) => {
    try {
      return make();
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  expect(code(() => new Worker({ logDir: join(folder, 'file/logs') }))).toBe('log_dir_unusable');
  expect(code(() => new Worker({ logDir: '' }))).toBe('invalid_argument');
  expect(code(() => new Worker({} as never))).toBe('invalid_argument');
  rmSync(folder, { recursive: true });
});
