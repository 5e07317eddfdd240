// An init whose run has ended serves the next run of the same user and folder, rests for a while, and leaves.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exitRecord } from '../../src/worker/run-recovery.js';
import { isRoot } from '../support/hostile.js';
import { kill9, leftAfter, processesWith } from '../support/processes.js';
import { enclosedRuns } from './namespaces.js';
import { until } from './sanitized.js';

const { pid, server, workFolder, place } = enclosedRuns();

describe.runIf(isRoot)('an init that rests', () => {
  test('serves the next run, whose output, stdin, exit code and processes are its own', async () => {
    const { run, runNext } = place();
    const first = await run('setsid sleep 60 & i=0; while [ $((i += 1)) -lt 200000 ]; do :; done; echo one; exit 3');
    expect(first).toMatchObject({ text: 'one\n', exitCode: 3 });
    const script = 'said=$(cat); set -- /proc/[0-9]*; echo "$said, $# processes"';
    const second = await runNext(script, { stdin: { bytes: Buffer.from('a message\n') } });
    expect(second).toMatchObject({ init: first.init, text: 'a message, 2 processes\n' });
    const third = await runNext('head -c 200000 /dev/zero; echo err >&2; kill -9 $$');
    expect(third).toMatchObject({
      init: first.init,
      exitCode: null,
      signal: 'SIGKILL',
      stdout: { bytes: 200_000 },
      stderr: { bytes: 4 },
      log: null,
    });
    expect(third.usage?.cpuMs).toBeLessThan(Number(first.usage?.cpuMs));
    const last = await runNext('sleep 20', { timeoutMs: 300 });
    expect(last).toMatchObject({ init: first.init, reason: 'timeout', signal: 'SIGTERM' });
  });

  test('serves a program that cannot be started with the exact error, and the next run has another', async () => {
    const { run } = place();
    const first = await run('true');
    await expect(run('', { exec: '/no' })).rejects.toMatchObject({ errno: 'ENOENT', stage: 'exec' });
    await until(() => processesWith('procreg-init').every((one) => one !== first.init));
    expect(await run('echo next')).toMatchObject({ text: 'next\n' });
  });

  test('is named after its run while it has one, and ends when it has had none for a while', async () => {
    const { start, run, resting, rests } = place();
    const { init } = await run('true');
    await rests();
    expect(resting()).toEqual([init]);
    const runId = `run-named-${process.pid}`;
    const named = await start('sleep 0.3', { runId });
    await until(() => processesWith(`procreg-init ${runId}\0`).includes(init));
    expect(resting()).toEqual([]);
    await named.ended;
    named.release();
    await rests();
    expect(await leftAfter(8000, resting)).toEqual([]);
  });

  test('ends when its run has ended and the server goes without having heard of it, and so does its launcher', async () => {
    const { start, launcher, runsRoot } = place();
    const runId = `run-unheard-${process.pid}`;
    const ended = await start('exit 7', { runId });
    await ended.ended;
    launcher.close();
    await until(() => exitRecord(runsRoot, runId) !== null);
    expect(exitRecord(runsRoot, runId)?.end).toMatchObject({ exitCode: 7 });
    expect(await leftAfter(10_000, () => processesWith(`\0${runsRoot}\0`))).toEqual([]);
    expect(await leftAfter(1000, () => processesWith(runId))).toEqual([]);
  });

  test('starts a run once, also when its launcher is killed before it has heard of it', async () => {
    const { run, start, rests, runsRoot, folder } = place();
    const first = await run('true');
    await rests();
    process.kill(first.init, 'SIGSTOP');
    const starting = start('echo once >> journal; sleep 0.2');
    await until(() => readFileSync(`/proc/${first.init}/status`, 'latin1').includes('stopped'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    kill9(pid(runsRoot));
    await new Promise((resolve) => setTimeout(resolve, 300));
    process.kill(first.init, 'SIGCONT');
    const started = await starting;
    expect(await started.ended).toMatchObject({ exitCode: 0 });
    started.release();
    expect(readFileSync(join(folder, 'work/journal'), 'utf8')).toBe('once\n');
  });

  test('that was killed is replaced by a new one', async () => {
    const { run } = place();
    const { init } = await run('true');
    kill9(init);
    const next = await run('echo next');
    expect(next.text).toBe('next\n');
    expect(next.init).not.toBe(init);
  });

  test('ends with its launcher, and a run that it serves continues without the launcher', async () => {
    const { run, start, resting, rests, runsRoot } = place();
    const other = workFolder();
    const first = await run('true');
    await rests();
    await Promise.all([run('sleep 0.1'), run('sleep 0.1', { kept: other, cwd: join(other, 'work') })]);
    await until(() => resting().length === 2);
    const runId = `run-orphan-${process.pid}`;
    const goes = await start('sleep 0.5; echo out; exit 4', { runId });
    expect(goes.pid).toBe(first.init);
    kill9(pid(runsRoot));
    expect(await goes.ended).toMatchObject({ exitCode: 4, stdout: { bytes: 4 } });
    expect(exitRecord(runsRoot, runId)?.end).toMatchObject({ exitCode: 4 });
    goes.release();
    expect(await leftAfter(3000, resting)).toEqual([]);
  });

  test('ends with its server, so that a later one with other settings has its own', async () => {
    const { run, resting, rests, launcher, runsRoot } = place();
    await run('true');
    await rests();
    launcher.close();
    await until(() => resting().length === 0);
    expect(await server(runsRoot).connect()).toMatchObject({ greeting: { pid: pid(runsRoot) } });
  });

  test('is one of hundreds in many folders, which leave no descriptor and no process', async () => {
    const { run, resting, rests, runsRoot } = place();
    const own = Array.from({ length: 50 }, () => workFolder());
    const descriptors = () => readdirSync(`/proc/${pid(runsRoot)}/fd`).length;
    await run('true');
    await rests();
    expect(await leftAfter(8000, resting)).toEqual([]);
    const before = descriptors();
    for (let round = 0; round < 6; round++) {
      const said = await Promise.all(own.map((folder, index) => run(`echo ${index}`, { kept: folder, cwd: join(folder, 'work') })));
      expect(said.map(({ text }) => text)).toEqual(own.map((_folder, index) => `${index}\n`));
      await until(() => resting().length <= 32);
    }
    await rests();
    expect(await leftAfter(8000, resting)).toEqual([]);
    expect(descriptors()).toBe(before);
  });
});
