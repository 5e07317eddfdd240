// Stopping jobs: a status says what has happened, never what was requested.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Worker } from '../../src/worker/library/index.js';
import { eventually, owner, runs, type TestWorker, testWorker } from '../support/worker.js';

const loop = 'while :; do :; done';
const deaf = "trap '' TERM; echo deaf; while :; do sleep 0.05; done";
let own: TestWorker;

beforeAll(() => {
  own = testWorker();
});

afterAll(() => own.remove());

/** A new job that has written its first line. */
async function begun(script: string): Promise<{ job: string; pid: number; line: string }> {
  const job = await own.shell(script);
  await eventually(() => own.log(job)).toContain('\n');
  return { job, pid: (await own.worker.query(job, owner)).pid, line: own.log(job).trim() };
}

describe('stop', () => {
  test.each([
    ['an endless loop', { name: 'sh', args: ['-c', loop] }],
    ['a long sleep', { name: 'sleep', args: ['300'] }],
  ])('ends %s: killed by KILL, terminated by TERM', async (_what, command) => {
    for (const [graceful, status] of [
      [false, 'killed'],
      [true, 'terminated'],
    ] as const) {
      const job = await own.worker.start(command, owner);
      const { pid } = await own.worker.query(job, owner);
      await own.worker.stop(job, owner, { graceful });
      expect(await own.ended(job)).toMatchObject({ status, exitCode: null, pid });
      expect(runs(pid)).toBe(false);
    }
  });

  test('is graceful unless said otherwise', async () => {
    const job = await own.worker.start({ name: 'sleep', args: ['300'] }, owner);
    await own.worker.stop(job, owner);
    expect(await own.ended(job)).toMatchObject({ status: 'terminated' });
  });

  test('of a program that ignores TERM leaves it stopping, not ended, until KILL', async () => {
    const { job, pid } = await begun(deaf);
    await own.worker.stop(job, owner, { graceful: true, graceMs: Number.POSITIVE_INFINITY });
    expect(await own.worker.query(job, owner)).toMatchObject({ status: 'stopping', exitCode: null });
    expect(runs(pid)).toBe(true);
    await own.worker.stop(job, owner, { graceful: false });
    expect(await own.ended(job)).toMatchObject({ status: 'killed', exitCode: null });
    expect(runs(pid)).toBe(false);
  });

  test('of a program that ignores TERM kills it after the grace, not before', async () => {
    const { job } = await begun(deaf);
    const beginMs = performance.now();
    await own.worker.stop(job, owner, { graceMs: 500 });
    expect(await own.ended(job)).toMatchObject({ status: 'killed' });
    expect(performance.now() - beginMs).toBeGreaterThanOrEqual(490);
  });

  test('of a program that heeds TERM and exits says exited, with its code', async () => {
    const { job } = await begun("trap 'echo cleaned; exit 3' TERM; echo ready; while :; do sleep 0.05; done");
    await own.worker.stop(job, owner);
    expect(await own.ended(job)).toMatchObject({ status: 'exited', exitCode: 3 });
    expect(own.log(job)).toMatch(/^ready\n.*cleaned\n$/s);
  });

  test.each([
    ['TERM', true],
    ['KILL', false],
  ])('by %s reaches the children of the program', async (_signal, graceful) => {
    const { job, line } = await begun('sleep 300 & echo $!; wait');
    expect(runs(Number(line))).toBe(true);
    await own.worker.stop(job, owner, { graceful });
    await own.ended(job);
    await eventually(() => runs(Number(line))).toBe(false);
  });

  test('kills children that ignore TERM, with a program that ignores it', async () => {
    const { job, line } = await begun("trap '' TERM; (while :; do sleep 0.05; done) & echo $!; wait; wait");
    await own.worker.stop(job, owner, { graceMs: 100 });
    await own.ended(job);
    await eventually(() => runs(Number(line))).toBe(false);
  });

  test.each([true, false])('of an ended job is refused with ESRCH and changes nothing (graceful: %s)', async (graceful) => {
    const job = await own.worker.start({ name: 'true' }, owner);
    const report = await own.ended(job);
    const failure = own.worker.stop(job, owner, { graceful });
    const message = expect.stringMatching(`failed to send SIG(TERM|KILL) to job ${job}: ESRCH`);
    await expect(failure).rejects.toMatchObject({ name: 'WorkerError', code: 'stop_failed', errno: 'ESRCH', message });
    expect(await own.worker.query(job, owner)).toEqual(report);
  });

  test.each([-1, Number.NaN, '5' as never])('refuses a grace of %s', async (graceMs) => {
    const job = await own.worker.start({ name: 'true' }, owner);
    await expect(own.worker.stop(job, owner, { graceMs })).rejects.toMatchObject({ code: 'invalid_argument' });
    expect(() => new Worker({ logDir: own.logDir, graceMs })).toThrow('graceMs');
  });
});

test('what a program leaves running in its group ends with it', async () => {
  const { job, line } = await begun('sleep 300 & echo $!');
  expect(await own.ended(job)).toMatchObject({ status: 'exited', exitCode: 0 });
  await eventually(() => runs(Number(line))).toBe(false);
});

test('50 stops at any moment each end in the one status that is true', async () => {
  const jobs = await Promise.all(Array.from({ length: 50 }, (_, count) => own.shell(`sleep 0.0${count % 10}; exit 4`)));
  const stops = await Promise.allSettled(jobs.map((job, count) => own.worker.stop(job, owner, { graceful: count % 2 === 0 })));
  for (const [count, job] of jobs.entries()) {
    const { status, exitCode } = await own.ended(job);
    const signalled = count % 2 === 0 ? 'terminated' : 'killed';
    expect(stops[count].status === 'fulfilled' ? ['exited', signalled] : ['exited']).toContain(status);
    expect(exitCode).toBe(status === 'exited' ? 4 : null);
  }
});
