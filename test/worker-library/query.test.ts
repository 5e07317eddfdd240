// What query tells, and to whom: another owner's job is one that does not exist.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { owner, type TestWorker, testWorker } from '../support/worker.js';

let own: TestWorker;

beforeAll(() => {
  own = testWorker();
});

afterAll(() => own.remove());

describe('query', () => {
  test('tells of a program that runs', async () => {
    const args = ['300'];
    const job = await own.worker.start({ name: 'sleep', args }, owner);
    args[0] = 'changed later';
    const report = await own.worker.query(job, owner);
    const command = { name: 'sleep', args: ['300'] };
    expect(report).toEqual({ id: job, status: 'running', pid: expect.any(Number), exitCode: null, command });
    expect(report.pid).toBeGreaterThan(0);
    report.command.args.push('not the job’s');
    expect((await own.worker.query(job, owner)).command).toEqual(command);
  });

  const ends: [string, object][] = [
    ['exit 0', { status: 'exited', exitCode: 0 }],
    ['exit 127', { status: 'exited', exitCode: 127 }],
    ['kill -KILL $$', { status: 'killed', exitCode: null }],
    ['kill -TERM $$', { status: 'terminated', exitCode: null }],
    ['kill -SEGV $$', { status: 'killed', exitCode: null }],
  ];
  test.each(ends)('tells how %s ended', async (script, expected) => {
    expect(await own.ended(await own.shell(script))).toMatchObject(expected);
  });
});

describe('query, stop and stream', () => {
  const unknown = '00000000-0000-4000-8000-000000000000';
  const calls: [string, (job: string, owner: string) => Promise<unknown>][] = [
    ['query', (job, owner) => own.worker.query(job, owner)],
    ['stop', (job, owner) => own.worker.stop(job, owner, { graceful: false })],
    ['stream', (job, owner) => own.worker.stream(job, owner)],
  ];
  test.each(calls)('%s answers for the job of another owner exactly as for none', async (_what, call) => {
    const job = await own.worker.start({ name: 'sleep', args: ['300'] }, owner);
    const failureOf = (id: string, asking: string) =>
      call(id, asking).then(
        () => undefined,
        (error) => ({ ...error, message: error.message.replace(id, 'ID') }),
      );
    const notFound = { name: 'WorkerError', code: 'job_not_found', errno: null, message: 'no job with id ID found for user' };
    expect(await failureOf(job, 'bob')).toEqual(notFound);
    expect(await failureOf(unknown, owner)).toEqual(notFound);
    expect(await failureOf(unknown, undefined as never)).toEqual(notFound);
    expect(await own.worker.query(job, owner)).toMatchObject({ status: 'running' });
    await own.worker.stop(job, owner, { graceful: false });
  });
});
