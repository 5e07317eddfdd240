// iron-exec's own tests, one by one: its scripts, what they leave in the log, and where the library is more exact instead.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collected, eventually, logPath, owner, runs, type TestWorker, testWorker } from '../support/worker.js';

let own: TestWorker;

const contents = {
  'error.sh': 'SET -e',
  'echo_and_error.sh': 'echo testing\necho one more\n>&2 echo stderr test\necho back to stdout\nSET -e',
  'infinite_loop.sh': 'while true; do echo looping; sleep 1; done',
  'long_runtime.sh': 'sleep 300',
};
type Script = keyof typeof contents;

const pathOf = (name: Script) => own.gate(join('scripts', name));
const startScript = (name: Script) => own.worker.start({ name: 'sh', args: [pathOf(name)] }, owner);
const echo = { name: 'echo', args: ['hello', 'world'] };

beforeAll(() => {
  own = testWorker();
  mkdirSync(own.gate('scripts'));
  for (const name of Object.keys(contents) as Script[]) writeFileSync(pathOf(name), contents[name]);
});

afterAll(() => own.remove());

describe('start', () => {
  test('echo "hello world" exits with 0 and leaves it in the log', async () => {
    const job = await own.worker.start({ name: 'echo', args: ['hello world'] }, owner);
    expect((await own.worker.query(job, owner)).pid).toBeGreaterThan(0);
    expect(await own.ended(job)).toMatchObject({ status: 'exited', exitCode: 0 });
    expect(own.log(job)).toBe('hello world\n');
  });

  test.each([
    ['error.sh', '', 1],
    ['echo_and_error.sh', 'testing\none more\nstderr test\nback to stdout\n', 5],
  ] as const)('sh %s exits with 127 and leaves both streams in order, the words of the shell last', async (script, before, line) => {
    const job = await startScript(script);
    expect(await own.ended(job)).toMatchObject({ status: 'exited', exitCode: 127, command: { name: 'sh', args: [pathOf(script)] } });
    expect(own.log(job)).toBe(`${before}${pathOf(script)}: ${line}: SET: not found\n`);
  });

  test('a command that does not exist is an error that names it and says why', async () => {
    await expect(own.worker.start({ name: 'whatever-madeup-command', args: [] }, owner)).rejects.toMatchObject({
      code: 'start_failed',
      errno: 'ENOENT',
      message: 'failed to start the program: spawn whatever-madeup-command ENOENT',
    });
  });
});

const killed = { status: 'killed', exitCode: null };
const terminated = { status: 'terminated', exitCode: null };

describe('stop', () => {
  test.each([
    ['kill', 'infinite_loop.sh', false, killed],
    ['kill', 'long_runtime.sh', false, killed],
    ['terminate', 'infinite_loop.sh', true, terminated],
    ['terminate', 'long_runtime.sh', true, terminated],
  ] as const)('can %s sh %s: stopping at once, ended when it has ended', async (_how, script, graceful, end) => {
    const job = await startScript(script);
    const { pid } = await own.worker.query(job, owner);
    await own.worker.stop(job, owner, { graceful });
    expect(['stopping', end.status]).toContain((await own.worker.query(job, owner)).status);
    expect(await own.ended(job)).toMatchObject({ ...end, pid });
    expect(runs(pid)).toBe(false);
  });

  test('of a job that does not exist, and of one that has exited, both ways, says why not', async () => {
    const none = '0b4a2a5c-9f5c-4d5e-8c3e-2f6b1f0c7a11';
    const job = await own.worker.start(echo, owner);
    await own.ended(job);
    const failure = (id: string, graceful: boolean) => own.worker.stop(id, owner, { graceful }).catch((error: Error) => error.message);
    expect(await failure(none, false)).toBe(`no job with id ${none} found for user`);
    expect(await failure(job, false)).toBe(`failed to send SIGKILL to job ${job}: ESRCH, it has ended`);
    expect(await failure(job, true)).toBe(`failed to send SIGTERM to job ${job}: ESRCH, it has ended`);
    expect(await own.worker.query(job, owner)).toMatchObject({ status: 'exited', exitCode: 0 });
  });
});

describe('query', () => {
  test('tells whether a job runs, has exited with 0 or 127, was killed or terminated', async () => {
    const running = await startScript('long_runtime.sh');
    expect(await own.worker.query(running, owner)).toMatchObject({ status: 'running', exitCode: null });
    const stopped = async (graceful: boolean) => {
      const job = await startScript('infinite_loop.sh');
      await own.worker.stop(job, owner, { graceful });
      return own.ended(job);
    };
    expect(await own.ended(await own.worker.start(echo, owner))).toMatchObject({ status: 'exited', exitCode: 0, command: echo });
    expect(await own.ended(await startScript('echo_and_error.sh'))).toMatchObject({ status: 'exited', exitCode: 127 });
    expect([await stopped(false), await stopped(true)]).toMatchObject([killed, terminated]);
    await own.worker.stop(running, owner, { graceful: false });
  });

  test('finds neither what does not exist nor what another owner has, with the same words', async () => {
    const job = await own.worker.start(echo, owner);
    const none = '0b4a2a5c-9f5c-4d5e-8c3e-2f6b1f0c7a11';
    for (const [id, asking] of [
      [none, owner],
      [job, 'b7d1f3a2-5a58-43c0-9d0e-0f0f1c9a6f10'],
    ] as const)
      for (const call of ['query', 'stop', 'stream'] as const)
        await expect(own.worker[call](id, asking)).rejects.toThrow(`no job with id ${id} found for user`);
  });
});

describe('stream', () => {
  test('of a job that has exited is its log', async () => {
    const job = await own.worker.start(echo, owner);
    const stream = own.output(job);
    await own.ended(job);
    expect([await stream, own.log(job)]).toEqual(['hello world\n', 'hello world\n']);
  });

  test('of an endless loop equals the log whenever they are compared, for five seconds, and ends when it is killed', async () => {
    const job = await startScript('infinite_loop.sh');
    const stream = await own.worker.stream(job, owner);
    const closed = new Promise((resolve) => stream.once('end', resolve));
    const seen = collected(stream);
    const path = logPath(own.logDir, job);
    const beganMs = performance.now();
    for (let lines = 1; lines <= 6; lines++) {
      await eventually(seen.text).toContain('looping\n'.repeat(lines));
      const inFile = readFileSync(path, 'utf8');
      await eventually(() => seen.text().slice(0, inFile.length)).toBe(inFile);
    }
    expect(performance.now() - beganMs).toBeGreaterThan(4500);
    await own.worker.stop(job, owner, { graceful: false });
    await closed;
    expect(seen.text()).toBe(own.log(job));
  });

  test('of a job whose log was deleted says that there is none', async () => {
    const job = await own.worker.start(echo, owner);
    await own.ended(job);
    const path = logPath(own.logDir, job);
    rmSync(path);
    const message = `failed to open the log file: ENOENT: no such file or directory, open '${path}'`;
    await expect(own.worker.stream(job, owner)).rejects.toMatchObject({ code: 'log_gone', errno: 'ENOENT', message });
  });
});

test('20 sleeps run side by side and all end', async () => {
  const beganMs = performance.now();
  const jobs = await Promise.all(Array.from({ length: 20 }, () => own.worker.start({ name: 'sleep', args: ['1'] }, owner)));
  for (const job of jobs) expect(await own.ended(job)).toMatchObject({ status: 'exited', exitCode: 0 });
  expect(performance.now() - beganMs).toBeLessThan(15_000);
});
