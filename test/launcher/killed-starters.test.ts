import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { childrenOf, runs as isAlive, kill9, zombiesOf } from '../support/processes.js';
import { shell, textOf, until } from './sanitized.js';
import { parentOf, said, starting } from './starting.js';

const { root, server, pid, folder, startersOf, waitingStart } = starting();

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
