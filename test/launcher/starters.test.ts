// Level process: starters start programs beside each other, one that was killed is replaced, its runs are adopted, and they outlive the launcher.
import { execFileSync } from 'node:child_process';
import { closeSync, constants, existsSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readStream } from '../../src/model/read-frames.js';
import type { LaunchedProcess, LaunchSpec } from '../../src/worker/launcher.js';
import { protocolVersion, startFrame } from '../../src/worker/launcher-frames.js';
import { childrenOf, descriptorsOf, runs as isAlive, kill9, memoryBytes, readProc, zombiesOf } from '../support/processes.js';
import { Line, sanitizedLauncher, shell, textOf, until } from './sanitized.js';

const { root, server, pid, begin } = sanitizedLauncher();
const folder = mkdtempSync(join(tmpdir(), 'procreg-starters-'));
afterAll(() => rmSync(folder, { recursive: true }));

const startersOf = (runsRoot: string) =>
  childrenOf(pid(runsRoot) as number)
    .map((child) => child.pid)
    .filter((child) => readProc(child, 'cmdline').startsWith('procreg-starter\0'));
const parentOf = (child: number) => Number(/^PPid:\s+(\d+)/m.exec(readProc(child, 'status'))?.[1]);

let fifos = 0;
/** A start that waits between vfork and exec until it is let go. */
function waitingStart(more: Partial<LaunchSpec> = {}) {
  const fifo = join(folder, `fifo-${++fifos}`);
  execFileSync('mkfifo', [fifo]);
  return {
    spec: shell('echo begun; exec sleep 30', { cgroups: [fifo], ...more }),
    letGo: () => closeSync(openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK) && openSync(fifo, constants.O_RDWR)),
  };
}

/** Resolves when the log of the run has this text. */
async function said(run: LaunchedProcess, text: string): Promise<void> {
  let seen = '';
  for await (const chunk of readStream(run.openLog(), { stream: 'stdout', follow: true })) {
    seen += chunk;
    if (seen.includes(text)) return;
  }
  throw new Error(`it did not say '${text}' but '${seen}'`);
}

describe('starters', () => {
  test('start programs beside each other: a start that takes long holds up no other', async () => {
    const runsRoot = root();
    const launcher = server(runsRoot);
    const slow = [waitingStart(), waitingStart()];
    const starting = slow.map(({ spec }) => launcher.launch(spec));
    for (let count = 0; count < 5; count++) {
      const run = await launcher.launch(shell(`echo ${count}; exit ${count}`));
      expect(await run.ended).toMatchObject({ exitCode: count });
      run.release();
    }
    expect(startersOf(runsRoot)).toHaveLength(3);
    for (const { letGo } of slow) letGo();
    for (const run of await Promise.all(starting)) {
      run.stop({});
      expect(await run.ended).toMatchObject({ reason: 'stop', signal: 'SIGTERM' });
      run.release();
    }
  });

  test('there is one only while starts come one after the other', async () => {
    const runsRoot = root();
    const launcher = server(runsRoot);
    for (let count = 0; count < 5; count++) {
      const run = await launcher.launch(shell('true'));
      await run.ended;
      run.release();
    }
    expect(startersOf(runsRoot)).toHaveLength(1);
  });

  test('a stop that comes before the program has begun ends it', async () => {
    const runsRoot = root();
    const { spec, letGo } = waitingStart({ graceMs: 20_000 });
    const line = (await Line.to(begun(runsRoot))).send(['hello', protocolVersion]).bytes(startFrame(spec));
    line.send(['stop', spec.runId, 0, -1]);
    await until(() => startersOf(runsRoot).length === 1);
    letGo();
    const end = await line.hears('ended', spec.runId);
    expect([end.text(), end.number(), end.text()]).toEqual(['signal', 15, 'stop']);
    line.send(['forget', spec.runId]).socket.end();
  });

  test('share many runs, and leave no descriptor and no zombie', async () => {
    const runsRoot = root();
    const launcher = server(runsRoot);
    const all = async () => {
      const outcomes = Array.from({ length: 100 }, async (_none, index) => {
        const run = await launcher.launch(shell(`sleep 0.3; echo ${index}; exit ${index}`));
        const parent = parentOf(run.pid);
        const { exitCode } = await run.ended;
        run.release();
        return { parent, exitCode };
      });
      return Promise.all(outcomes);
    };
    const outcomes = await all();
    expect(outcomes.map(({ exitCode }) => exitCode)).toEqual(Array.from({ length: 100 }, (_none, index) => index));
    const used = new Set(outcomes.map(({ parent }) => parent).filter((parent) => parent > 0));
    const starters = startersOf(runsRoot);
    expect([...used].filter((one) => !starters.includes(one))).toEqual([]);
    expect(used.size).toBeGreaterThan(1);
    const count = () => [pid(runsRoot) as number, ...starters].map(descriptorsOf);
    const before = count();
    await all();
    await until(() => count().every((now, index) => now <= before[index]));
    expect([pid(runsRoot) as number, ...starters].flatMap(zombiesOf)).toEqual([]);
  });

  test('write each begun run to the list, also to the next one', async () => {
    const runsRoot = root();
    const launcher = server(runsRoot);
    const run = async () => {
      const spec = shell('true');
      const started = await launcher.launch(spec);
      await started.ended;
      started.release();
      return spec.runId;
    };
    // an earlier launcher has left a long list
    writeFileSync(join(runsRoot, 'begun'), `${'x'.repeat(63)}\n`.repeat(32_765));
    const ids = [await run(), await run(), await run(), await run(), await run(), await run()];
    const [now, old] = ['begun', 'begun.old'].map((name) => readFileSync(join(runsRoot, name), 'utf8'));
    expect([ids.filter((id) => old.includes(`${id}\n`)).length, now]).toEqual([3, ids.slice(3).join('\n').concat('\n')]);
  });
});

describe('a starter that was killed', () => {
  test('leaves its runs to the launcher, which still tells how they end; the next run has another', async () => {
    const runsRoot = root();
    const launcher = server(runsRoot);
    const runs = await Promise.all([
      launcher.launch(shell('sleep 1; exit 7')),
      launcher.launch(shell('sleep 1; kill -11 $$')),
      launcher.launch(shell('trap "exit 9" TERM; while :; do sleep 0.05; done', { timeoutMs: 1500, graceMs: 20_000 })),
    ]);
    const starters = startersOf(runsRoot);
    for (const starter of starters) kill9(starter);
    const next = await launcher.launch(shell('echo next; exit 3'));
    expect(await next.ended).toMatchObject({ exitCode: 3, reason: null });
    const ends = await Promise.all(runs.map((run) => run.ended));
    // the log may lack what the starter had not written
    expect(ends.map(({ exitCode, signal, reason }) => [exitCode, signal, reason])).toEqual([
      [7, null, 'log_failed'],
      [null, 'SIGSEGV', 'log_failed'],
      [9, null, 'timeout'],
    ]);
    for (const { usage } of ends) expect(usage?.maxRssBytes).toBeGreaterThan(0);
    for (const run of [...runs, next]) run.release();
    expect(startersOf(runsRoot).filter((one) => starters.includes(one))).toEqual([]);
    await until(() => zombiesOf(pid(runsRoot) as number).length === 0);
  });

  test('its programs may go on writing, to the log that was a file already', async () => {
    const runsRoot = root();
    const launcher = server(runsRoot);
    const spec = shell(`echo one; while [ ! -e ${folder}/go ]; do sleep 0.05; done; echo two; echo three >&2; exit 4`);
    const run = await launcher.launch(spec);
    await said(run, 'one');
    kill9(parentOf(run.pid));
    await until(() => parentOf(run.pid) === pid(runsRoot));
    // which is then followed as before
    const following = textOf(run);
    writeFileSync(join(folder, 'go'), '');
    expect(await run.ended).toMatchObject({ exitCode: 4, reason: 'log_failed', stdout: { bytes: 8 }, stderr: { bytes: 6 } });
    expect(await following).toBe('one\ntwo\n');
    run.release();
  });

  test('a run can be stopped under the launcher, and the pipe of a program itself is let alone', async () => {
    const runsRoot = root();
    const launcher = server(runsRoot);
    const own = join(folder, 'own');
    const script = `mkfifo ${own}; (trap '' TERM; exec cat ${own} > ${own}.said) & exec > ${own}; trap 'echo bye; sleep 0.3; exit 5' TERM; echo up; while :; do sleep 0.05; done`;
    const run = await launcher.launch(shell(script, { graceMs: 20_000 }));
    await until(() => existsSync(`${own}.said`) && statSync(`${own}.said`).size === 3);
    kill9(parentOf(run.pid));
    await until(() => parentOf(run.pid) === pid(runsRoot));
    run.stop({});
    expect(await run.ended).toMatchObject({ exitCode: 5, reason: 'stop', stdout: { bytes: 0 } });
    expect(readFileSync(`${own}.said`, 'utf8')).toBe('up\nbye\n');
    run.release();
  });

  test('a run whose start it had not told is begun by another, or lost if it may have begun', async () => {
    const runsRoot = root();
    const launcher = server(runsRoot);
    const first = await launcher.launch(shell('true'));
    await first.ended;
    first.release();
    const [starter] = startersOf(runsRoot);
    process.kill(starter, 'SIGSTOP');
    const starting = launcher.launch(shell('echo once; exit 2'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    kill9(starter);
    const run = await starting;
    expect(await run.ended).toMatchObject({ exitCode: 2, reason: null });
    run.release();
    const { spec } = waitingStart();
    const halted = launcher.launch(spec);
    await until(() => readFileSync(join(runsRoot, 'begun'), 'utf8').includes(spec.runId));
    const [second] = startersOf(runsRoot);
    kill9(childrenOf(second)[0]?.pid);
    kill9(second);
    const end = await (await halted).ended;
    expect([null, 'lost']).toContain(end.reason);
  });
});

describe('a launcher that was killed', () => {
  test('right after a start loses neither the end nor the log of the run', async () => {
    const runsRoot = root();
    const launcher = server(runsRoot);
    for (let round = 0; round < 10; round++) {
      const run = await launcher.launch(shell(`echo ${round}; sleep 0.2; echo over; exit ${round}`));
      kill9(pid(runsRoot));
      expect(await run.ended).toMatchObject({ exitCode: round, signal: null, reason: null });
      expect(await textOf(run)).toBe(`${round}\nover\n`);
      run.release();
    }
  });

  test('leaves its starter, which goes when its last run has ended', async () => {
    const runsRoot = root();
    const launcher = server(runsRoot);
    const [short, long] = [await launcher.launch(shell('sleep 0.3')), await launcher.launch(shell('sleep 1; exit 6'))];
    const starters = startersOf(runsRoot);
    kill9(pid(runsRoot));
    await short.ended;
    expect(parentOf(long.pid)).toSatisfy((parent: number) => starters.includes(parent));
    expect(await long.ended).toMatchObject({ exitCode: 6 });
    for (const run of [short, long]) run.release();
    await until(() => !starters.some(isAlive));
  });

  test('a stop and a signal reach its runs through their starter, whose record is exact', async () => {
    const runsRoot = root();
    const launcher = server(runsRoot);
    const deaf = "trap 'echo told' USR1; trap '' TERM; echo up; while :; do sleep 0.05; done";
    const run = await launcher.launch(shell(deaf, { graceMs: 300 }));
    await said(run, 'up');
    kill9(pid(runsRoot));
    // what is sent to a launcher that has just died is lost
    await until(() => launcher.orphans.includes(run.pid));
    run.signal('SIGUSR1');
    await said(run, 'told');
    run.stop({});
    expect(await run.ended).toMatchObject({ reason: 'stop', signal: 'SIGKILL' });
    run.release();
  });
});

describe('a server that does not read', () => {
  test('gets every end later; the launcher and its starters hold no logs for it meanwhile', async () => {
    const runsRoot = root();
    const line = (await Line.to(begun(runsRoot))).send(['hello', protocolVersion]);
    await line.hears('hello');
    const first = shell('true');
    await line.bytes(startFrame(first)).hears('ended', first.runId);
    line.socket.pause();
    const specs = Array.from({ length: 330 }, () => shell('head -c 60000 /dev/zero'));
    for (const spec of specs) line.bytes(startFrame(spec));
    const spilled = () => specs.filter(({ runId }) => existsSync(join(runsRoot, runId, 'log'))).length;
    await until(() => spilled() > 150);
    line.socket.resume();
    await until(() => line.heard.filter(({ name }) => name === 'ended').length === specs.length + 1, 60_000);
    expect(line.closed).toBe(false);
    line.socket.end();
  });

  test('1 GiB of output is followed in bounded memory, and a program waits while nobody reads its pipe', async () => {
    const runsRoot = root();
    const launcher = server(runsRoot);
    const warm = await launcher.launch(shell('head -c 4000000 /dev/zero'));
    await warm.ended;
    const processes = () => [pid(runsRoot) as number, ...startersOf(runsRoot)];
    const before = new Map(processes().map((one) => [one, memoryBytes(one, 'VmHWM')]));
    const run = await launcher.launch(shell('head -c 1073741824 /dev/zero', { outputLimitBytes: 2 ** 31 }));
    let bytes = 0;
    for await (const chunk of readStream(run.openLog(), { stream: 'stdout', follow: true })) bytes += chunk.length;
    expect(bytes).toBe(2 ** 30);
    for (const [one, was] of before) expect(memoryBytes(one, 'VmHWM') - was).toBeLessThan(16 << 20);
    for (const each of [warm, run]) each.release();
    const halted = await launcher.launch(shell(`while [ ! -e ${folder}/write ]; do sleep 0.05; done; head -c 9000000 /dev/zero`));
    const starter = parentOf(halted.pid);
    process.kill(starter, 'SIGSTOP');
    writeFileSync(join(folder, 'write'), '');
    await until(() => childrenOf(halted.pid).length === 1);
    process.kill(starter, 'SIGCONT');
    expect(await halted.ended).toMatchObject({ exitCode: 0, stdout: { bytes: 9_000_000 } });
    halted.release();
  });
});

function begun(runsRoot: string): string {
  begin(runsRoot);
  return runsRoot;
}
