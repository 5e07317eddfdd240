// An init whose run left nothing behind serves the next run of the same user and folder; one whose run did leave something serves none.
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { LaunchSpec } from '../../src/worker/launcher.js';
import { exitRecord } from '../../src/worker/run-traces.js';
import { isRoot } from '../support/hostile.js';
import { kill9, leftAfter, processesWith } from '../support/processes.js';
import { sanitizedLauncher, shell, until } from './sanitized.js';

const user = { uid: 691_200, gid: 691_200 };
const { root, server, pid } = sanitizedLauncher();
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A folder as runs have them: the server's, with the user's own inside. */
function workFolder(at = mkdtempSync(join(tmpdir(), 'procreg-rest-'))): string {
  if (!folders.includes(at)) folders.push(at);
  chmodSync(at, 0o711);
  mkdirSync(join(at, 'work'), { mode: 0o700 });
  chownSync(join(at, 'work'), user.uid, user.gid);
  return at;
}

/** Runs by one launcher, in `folder` unless told otherwise. */
function place() {
  const runsRoot = root();
  const folder = workFolder();
  const launcher = server(runsRoot);
  const start = (script: string, more: Partial<LaunchSpec> = {}) =>
    launcher.launch(shell(script, { level: 'pidns', user, cwd: join(folder, 'work'), kept: folder, masked: [runsRoot], ...more }));
  /** To its end, with what it said and which init it had. */
  const run = async (script: string, more: Partial<LaunchSpec> = {}) => {
    const started = await start(script, more);
    const end = await started.ended;
    started.release();
    return { init: started.pid, text: end.log?.subarray(16).toString(), ...end };
  };
  const resting = () => processesWith(`procreg-init\0rests\0${runsRoot}\0`);
  /** What is released is forgotten with what is said next, or a moment later. */
  const rests = () => until(() => resting().length > 0);
  return { runsRoot, folder, launcher, start, run, resting, rests };
}

describe.runIf(isRoot)('an init that rests', () => {
  test('serves the next run, whose output, stdin, exit code and processes are its own', async () => {
    const { run } = place();
    const first = await run('setsid sleep 60 & i=0; while [ $((i += 1)) -lt 200000 ]; do :; done; echo one; exit 3');
    expect(first).toMatchObject({ text: 'one\n', exitCode: 3 });
    const script = 'said=$(cat); set -- /proc/[0-9]*; echo "$said, $# processes"';
    const second = await run(script, { stdin: { bytes: Buffer.from('a message\n') } });
    expect(second).toMatchObject({ init: first.init, text: 'a message, 2 processes\n' });
    const third = await run('head -c 200000 /dev/zero; echo err >&2; kill -9 $$');
    expect(third).toMatchObject({
      init: first.init,
      exitCode: null,
      signal: 'SIGKILL',
      stdout: { bytes: 200_000 },
      stderr: { bytes: 4 },
      log: null,
    });
    expect(third.usage?.cpuMs).toBeLessThan(Number(first.usage?.cpuMs));
    const last = await run('sleep 20', { timeoutMs: 300 });
    expect(last).toMatchObject({ init: first.init, reason: 'timeout', signal: 'SIGTERM' });
  });

  test('serves a program that cannot be started with the exact error, and the next run has another', async () => {
    const { run } = place();
    const first = await run('true');
    await expect(run('', { exec: '/no' })).rejects.toMatchObject({ errno: 'ENOENT', stage: 'exec' });
    expect(await run('echo next')).toMatchObject({ text: 'next\n' });
    expect((await run('echo again')).init).not.toBe(first.init);
  });

  test('is named after its run while it has one, and leaves when it has had none for a while', async () => {
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

  test('serves no other user, no other folder, and no folder that was made again under its name', async () => {
    const { run, folder } = place();
    const first = await run('true');
    expect((await run('true', { user: { uid: user.uid + 1, gid: user.gid }, cwd: '/' })).init).not.toBe(first.init);
    const other = workFolder();
    expect((await run('true', { kept: other, cwd: join(other, 'work') })).init).not.toBe(first.init);
    expect((await run('true', { masked: [] })).init).not.toBe(first.init);
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    workFolder(folder);
    const again = await run('echo here > file');
    expect(again.init).not.toBe(first.init);
    expect(readFileSync(join(folder, 'work/file'), 'utf8')).toBe('here\n');
  });

  test('serves no run whose stdin is a file, since it cannot see DATA_DIR', async () => {
    const { run, runsRoot } = place();
    await run('true');
    writeFileSync(join(runsRoot, 'message'), 'from a file');
    expect(await run('cat', { stdin: { file: join(runsRoot, 'message') } })).toMatchObject({ text: 'from a file' });
  });

  test('serves none after what outlives processes', async () => {
    const { run, folder } = place();
    const queue = join(folder, 'queue');
    const source = 'int main(void) { return mq_open("/left", O_CREAT | O_RDWR, 0600, 0) < 0; }';
    writeFileSync(`${queue}.c`, `#include <fcntl.h>\n#include <mqueue.h>\n${source}\n`);
    execFileSync('cc', ['-o', queue, `${queue}.c`]);
    for (const leaving of ['ipcmk -M 4096 -p 0666', 'ipcmk -S 1 -p 0666', 'ipcmk -Q -p 0666', `exec ${queue}`]) {
      const first = await run('true');
      const leaves = await run(leaving);
      expect(leaves, leaving).toMatchObject({ exitCode: 0, init: first.init });
      const next = await run('ipcs | grep -c 0x');
      expect(next, leaving).toMatchObject({ text: '0\n' });
      expect(next.init, leaving).not.toBe(leaves.init);
    }
  });

  test('that was killed is not missed', async () => {
    const { run } = place();
    const { init } = await run('true');
    kill9(init);
    const next = await run('echo next');
    expect(next.text).toBe('next\n');
    expect(next.init).not.toBe(init);
  });

  test('is gone with its launcher, and its next run goes on without it', async () => {
    const { run, start, resting, runsRoot, folder } = place();
    const other = workFolder();
    const first = await run('true');
    await Promise.all([run('sleep 0.1'), run('sleep 0.1', { kept: other, cwd: join(other, 'work') })]);
    const runId = `run-orphan-${process.pid}`;
    const goes = await start('sleep 0.5; echo out; exit 4', { runId });
    expect(goes.pid).toBe(first.init);
    kill9(pid(runsRoot));
    expect(await goes.ended).toMatchObject({ exitCode: 4, stdout: { bytes: 4 } });
    expect(exitRecord(runsRoot, runId)?.end).toMatchObject({ exitCode: 4 });
    goes.release();
    expect(await leftAfter(3000, resting)).toEqual([]);
    expect(readdirSync(join(folder, 'work'))).toEqual([]);
  });

  test('is gone when its server is, so that a later one with other settings has its own', async () => {
    const { run, resting, rests, launcher, runsRoot } = place();
    await run('true');
    await rests();
    launcher.close();
    await until(() => resting().length === 0);
    expect(await server(runsRoot).connect()).toBeDefined();
  });

  test('hundreds in many folders leave no descriptor and no process', async () => {
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
      expect(resting().length).toBeLessThanOrEqual(32);
    }
    await rests();
    expect(await leftAfter(8000, resting)).toEqual([]);
    expect(descriptors()).toBe(before);
  });
});
