// Starting programs: ids, logs, what the program finds, and what is left when it cannot be started.
import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { descriptorsIn, logPath, owner, type TestWorker, testWorker } from '../support/worker.js';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
let own: TestWorker;

beforeAll(() => {
  own = testWorker();
});

afterAll(() => own.remove());

describe('start', () => {
  test('runs a program and keeps what it wrote', async () => {
    const job = await own.worker.start({ name: 'echo', args: ['hello world'] }, owner);
    expect(await own.ended(job)).toMatchObject({ status: 'exited', exitCode: 0 });
    expect(own.log(job)).toBe('hello world\n');
    expect(basename(logPath(own.logDir, job))).toBe(`echo_${job}.log`);
  });

  test('gives every job its own id', async () => {
    const ids = await Promise.all(['a', 'b'].map((word) => own.worker.start({ name: 'echo', args: [word] }, owner)));
    for (const id of ids) expect(id).toMatch(uuid);
    expect(new Set(ids).size).toBe(2);
  });

  test('keeps what the shell says about an unknown command, and its exit code', async () => {
    const script = join(own.logDir, '../error.sh');
    writeFileSync(script, 'no-such-command\n');
    const job = await own.worker.start({ name: 'sh', args: [script] }, owner);
    expect(await own.ended(job)).toMatchObject({ status: 'exited', exitCode: 127 });
    expect(own.log(job)).toContain('not found');
  });

  test('keeps both streams in the order of writing', async () => {
    const words = Array.from({ length: 50 }, (_, count) => count);
    const job = await own.shell(words.map((word) => `echo ${word} >&${(word % 2) + 1}`).join('\n'));
    await own.ended(job);
    expect(own.log(job)).toBe(words.map((word) => `${word}\n`).join(''));
  });

  test('lets a program that reads its stdin find the end', async () => {
    const job = await own.worker.start({ name: 'cat' }, owner);
    expect(await own.ended(job)).toMatchObject({ status: 'exited', exitCode: 0 });
    expect(own.log(job)).toBe('');
  });

  test('passes on arguments as they are', async () => {
    const args = ['', ' ', '$HOME', '*', '-x', "'", 'ä\n'];
    const job = await own.worker.start({ name: 'printf', args: ['[%s]', ...args] }, owner);
    await own.ended(job);
    expect(own.log(job)).toBe(args.map((argument) => `[${argument}]`).join(''));
  });

  test('passes no other log to a program than its own', async () => {
    const other = await own.shell('sleep 300');
    const stream = await own.worker.stream(other, owner);
    const job = await own.worker.start({ name: 'ls', args: ['-l', '/proc/self/fd'] }, owner);
    await own.ended(job);
    expect(own.log(job).split(logPath(own.logDir, job))).toHaveLength(3);
    expect(own.log(job)).not.toContain(other);
    stream.destroy();
    await own.worker.stop(other, owner, { graceful: false });
  });

  test('runs 20 programs at once', async () => {
    const jobs = await Promise.all(Array.from({ length: 20 }, () => own.shell('sleep 300')));
    const reports = await Promise.all(jobs.map((job) => own.worker.query(job, owner)));
    expect(reports.map(({ status }) => status)).toEqual(jobs.map(() => 'running'));
    expect(new Set(reports.map(({ pid }) => pid)).size).toBe(20);
    await Promise.all(jobs.map((job) => own.worker.stop(job, owner, { graceful: false })));
    await Promise.all(jobs.map((job) => own.until(job, 'killed')));
  });

  test('reports the end of each of 100 short programs', async () => {
    const jobs = await Promise.all(Array.from({ length: 100 }, () => own.worker.start({ name: 'true' }, owner)));
    for (const job of jobs) expect(await own.ended(job)).toMatchObject({ status: 'exited', exitCode: 0 });
    expect(descriptorsIn(own.logDir)).toBe(0);
  });

  test('makes logs that only this user may read', async () => {
    const job = await own.worker.start({ name: 'true' }, owner);
    expect(statSync(logPath(own.logDir, job)).mode & 0o777).toBe(0o600);
    expect(statSync(own.logDir).mode & 0o777).toBe(0o700);
  });
});

describe('a program that cannot be started', () => {
  const failures: [string, { name: string; args?: string[] }, string][] = [
    ['does not exist', { name: 'no-such-program' }, 'ENOENT'],
    ['does not exist where its name says', { name: '/no/such/../../program' }, 'ENOENT'],
    ['is a folder', { name: '/' }, 'EACCES'],
    ['gets more arguments than the system takes', { name: 'true', args: ['x'.repeat(1 << 24)] }, 'E2BIG'],
    ['has a name that is too long', { name: 'x'.repeat(5000) }, 'ENAMETOOLONG'],
    ['has NUL in its name', { name: 'a\0b' }, 'EINVAL'],
    ['has NUL in an argument', { name: 'echo', args: ['a\0b'] }, 'EINVAL'],
    ['has no name', { name: '' }, 'EINVAL'],
    ['has a string for arguments', { name: 'ls', args: '-l' as never }, 'EINVAL'],
  ];
  test.each(failures)('because it %s rejects with the errno and leaves no log', async (_what, command, errno) => {
    const before = readdirSync(own.logDir);
    await expect(own.worker.start(command, owner)).rejects.toMatchObject({ name: 'WorkerError', code: 'start_failed', errno });
    expect(readdirSync(own.logDir)).toEqual(before);
    expect(descriptorsIn(own.logDir)).toBe(0);
  });

  test('because it is not executable says EACCES', async () => {
    const text = join(own.logDir, '../text');
    writeFileSync(text, 'echo no\n');
    chmodSync(text, 0o644);
    await expect(own.worker.start({ name: text }, owner)).rejects.toMatchObject({ code: 'start_failed', errno: 'EACCES' });
  });

  test('because its log cannot be created says so', async () => {
    const other = testWorker();
    const { worker, logDir } = other;
    rmSync(logDir, { recursive: true });
    const failure = worker.start({ name: 'true' }, owner);
    await expect(failure).rejects.toMatchObject({ code: 'start_failed', errno: 'ENOENT', message: expect.stringContaining('log file') });
    await other.remove();
  });

  test.each(['', undefined as never])('because it has no owner (%j) is refused', async (nobody) => {
    await expect(own.worker.start({ name: 'true' }, nobody)).rejects.toMatchObject({ code: 'invalid_argument' });
  });
});

describe('a name never leaves the log directory', () => {
  const names: [string, string][] = [
    ['../../tools/pro gram', 'pro gram'],
    ['a\\..\\b', 'a_.._b'],
    ['..hidden', '__hidden'],
    ['line\nbreak', 'line_break'],
    ['ä'.repeat(120), 'ä'.repeat(100)],
  ];
  test.each(names)('%j', async (name, stem) => {
    const own = testWorker();
    const program = join(own.gate('bin'), name.replaceAll('../', ''));
    mkdirSync(join(program, '..'), { recursive: true });
    writeFileSync(program, '#!/bin/sh\necho ran\n', { mode: 0o755 });
    const job = await own.worker.start({ name: program }, owner);
    expect(await own.output(job)).toBe('ran\n');
    expect((await own.worker.query(job, owner)).command).toEqual({ name: program, args: [] });
    expect(readdirSync(own.logDir)).toEqual([`${stem}_${job}.log`]);
    await own.remove();
  });
});
