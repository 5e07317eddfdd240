// Purge: which logs and jobs go, which stay.
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { descriptorsIn, eventually, logPath, owner, type TestWorker, testWorker, textOf } from '../support/worker.js';

let own: TestWorker;

beforeEach(() => {
  own = testWorker();
});

afterEach(() => own.remove());

/** Jobs that end one after the other, each with a log of this many bytes. */
async function endedJobs(...sizes: number[]): Promise<string[]> {
  const jobs: string[] = [];
  for (const sizeBytes of sizes) {
    jobs.push(await own.worker.start({ name: 'head', args: ['-c', String(sizeBytes), '/dev/zero'] }, owner));
    await own.ended(jobs.at(-1) as string);
  }
  return jobs;
}

const gone = { code: 'job_not_found' };

test('without limits removes nothing', async () => {
  const jobs = await endedJobs(10, 0);
  expect(await own.worker.purge({})).toEqual([]);
  expect(await own.worker.purge({ maxAgeMs: Number.POSITIVE_INFINITY, maxBytes: Number.POSITIVE_INFINITY })).toEqual([]);
  expect(readdirSync(own.logDir)).toHaveLength(jobs.length);
});

test('by age removes the logs of jobs that ended too long ago, and forgets these jobs', async () => {
  const [old] = await endedJobs(10);
  const endedMs = performance.now();
  await eventually(() => performance.now() - endedMs).toBeGreaterThan(300);
  const youngest = performance.now() - endedMs;
  expect(await own.worker.purge({ maxAgeMs: 3_600_000 })).toEqual([]);
  const [young] = await endedJobs(10);
  expect(await own.worker.purge({ maxAgeMs: Math.max(youngest, performance.now() - endedMs) })).toEqual([old]);
  await expect(own.worker.query(old, owner)).rejects.toMatchObject(gone);
  await expect(own.worker.stream(old, owner)).rejects.toMatchObject(gone);
  await expect(own.worker.stop(old, owner)).rejects.toMatchObject(gone);
  expect(readdirSync(own.logDir)).toEqual([expect.stringContaining(young)]);
});

test('by size removes the oldest until the rest fits', async () => {
  const jobs = await endedJobs(400, 100, 300, 200);
  expect(await own.worker.purge({ maxBytes: 1000 })).toEqual([]);
  expect(await own.worker.purge({ maxBytes: 999 })).toEqual([jobs[0]]);
  expect(await own.worker.purge({ maxBytes: 500 })).toEqual([jobs[1]]);
  expect(await own.worker.purge({ maxBytes: 0 })).toEqual([jobs[2], jobs[3]]);
  expect(readdirSync(own.logDir)).toEqual([]);
});

test('goes by the end of a job, not by its start', async () => {
  const long = await own.shell('head -c 100 /dev/zero; sleep 300');
  const [short] = await endedJobs(100);
  await own.worker.stop(long, owner, { graceful: false });
  await own.ended(long);
  expect(await own.worker.purge({ maxBytes: 100 })).toEqual([short]);
});

test('never removes the log of a job that runs or is stopping', async () => {
  const running = await own.shell('head -c 1000 /dev/zero; sleep 300');
  const stopping = await own.shell("trap '' TERM; echo deaf; while :; do sleep 0.05; done");
  await eventually(() => own.log(stopping)).toBe('deaf\n');
  await own.worker.stop(stopping, owner, { graceMs: Number.POSITIVE_INFINITY });
  const [ended] = await endedJobs(10);
  expect(await own.worker.purge({ maxAgeMs: 0, maxBytes: 0 })).toEqual([ended]);
  expect(await own.worker.query(running, owner)).toMatchObject({ status: 'running' });
  expect(await own.worker.query(stopping, owner)).toMatchObject({ status: 'stopping' });
  for (const job of [running, stopping]) expect(existsSync(logPath(own.logDir, job))).toBe(true);
});

test('forgets jobs whose log somebody else has removed', async () => {
  const jobs = await endedJobs(10, 10);
  rmSync(logPath(own.logDir, jobs[0]));
  expect(await own.worker.purge({ maxAgeMs: 0 })).toEqual(jobs);
});

test('twice at once removes each log once', async () => {
  const jobs = await endedJobs(1, 2, 3);
  const removed = await Promise.all([own.worker.purge({ maxAgeMs: 0 }), own.worker.purge({ maxAgeMs: 0 })]);
  expect(removed.flat().sort()).toEqual(jobs.sort());
});

test('lets a stream that is open read to its end', async () => {
  const [job] = await endedJobs(500_000);
  const stream = await own.worker.stream(job, owner);
  await own.worker.purge({ maxBytes: 0 });
  expect((await textOf(stream)).length).toBe(500_000);
  expect(descriptorsIn(own.logDir)).toBe(0);
});

test('leaves other files of the log directory alone', async () => {
  writeFileSync(`${own.logDir}/echo_00000000-0000-4000-8000-000000000000.log`, 'of another worker');
  const [job] = await endedJobs(1);
  const path = logPath(own.logDir, job);
  rmSync(path);
  mkdirSync(path);
  await expect(own.worker.purge({ maxAgeMs: 0 })).rejects.toMatchObject({ code: 'purge_failed' });
  expect(await own.worker.query(job, owner)).toMatchObject({ id: job });
  expect(readdirSync(own.logDir)).toHaveLength(2);
});

test.each([{ maxAgeMs: -1 }, { maxBytes: Number.NaN }, { maxBytes: '1' as never }])('refuses %j', async (limits) => {
  await expect(own.worker.purge(limits)).rejects.toMatchObject({ code: 'invalid_argument' });
});
