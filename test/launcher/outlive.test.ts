// What outlives a server, a connection, the launcher itself: held stdin, records, runs that are found again; and when the launcher ends.
import { closeSync, constants, existsSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type LaunchedProcess, launchLevels } from '../../src/worker/launcher.js';
import { stopAllRuns } from '../../src/worker/launcher-connection.js';
import { protocolVersion, startFrame } from '../../src/worker/launcher-frames.js';
import { exitRecord } from '../../src/worker/run-recovery.js';
import { Line, sanitizedLauncher, shell, until } from './sanitized.js';

const { root, server, pid, begin } = sanitizedLauncher();

const known = ({ runId, pid, startedAtMs }: LaunchedProcess & { runId: string }) => ({
  runId,
  pid,
  startedAtMs,
  timeoutMs: 0,
  stopSignal: 'SIGTERM',
  graceMs: 0,
});

/** Starts a run through a server that goes away, and finds it by another one. */
async function handOver(spec: ReturnType<typeof shell>, runsRoot: string, meanwhile = async () => {}) {
  const first = server(runsRoot);
  const run = await first.launch(spec);
  first.close();
  await meanwhile();
  return server(runsRoot).find(known(Object.assign(run, { runId: spec.runId })));
}

describe.each(launchLevels)('level %s', (level) => {
  test('a running run is found again, with its note, and ends as it would have', async () => {
    const run = await handOver(shell('echo one; sleep 0.7; echo two; exit 6', { level }), root());
    expect(run?.note).toBe('a note');
    const end = await run?.ended;
    expect(end).toMatchObject({ exitCode: 6, reason: null, stdout: { bytes: 8, isText: true } });
    run?.release();
  });

  test('a run that ended while no server was there has left its record and its log', async () => {
    const runsRoot = root();
    const spec = shell('sleep 0.2; echo out; exit 5', { level });
    const record = () => exitRecord(runsRoot, spec.runId);
    const run = await handOver(spec, runsRoot, () => until(() => record() !== null));
    expect(readFileSync(`${runsRoot}/${spec.runId}/log`).subarray(16).toString()).toBe('out\n');
    expect(await run?.ended).toMatchObject({ exitCode: 5, stdout: { bytes: 4 }, log: null });
    run?.release();
    expect(record()).toBeNull();
  });

  test('a message that breaks off ends the run as input_cut', async () => {
    const runsRoot = root();
    const spec = shell('cat', { level, stdin: 'live' });
    const line = (await Line.to(begun(runsRoot))).send(['hello', protocolVersion]).bytes(startFrame(spec));
    await line.hears('started', spec.runId);
    line.socket.destroy();
    await until(() => exitRecord(runsRoot, spec.runId) !== null);
    expect(exitRecord(runsRoot, spec.runId)?.end).toMatchObject({ reason: 'input_cut', signal: 'SIGTERM' });
  });

  test('a held stdin stays open for one writer after the other, and after the server', async () => {
    const runsRoot = root();
    const spec = shell('while read line; do echo "got $line"; test "$line" = end && exit 8; done; exit 1', { level, stdin: 'held' });
    const line = (await Line.to(begun(runsRoot))).send(['hello', protocolVersion]).bytes(startFrame(spec));
    const numbers = await line.hears(level === 'pidns' ? 'enclosed' : 'started', spec.runId);
    const [, , input] = [numbers.number(), numbers.number(), numbers.number()];
    const write = (text: string) => {
      const fd = openSync(`/proc/${pid(runsRoot)}/fd/${input}`, constants.O_WRONLY);
      writeSync(fd, text);
      closeSync(fd);
    };
    write('one\n');
    write('two\n');
    line.socket.destroy();
    await line.closes();
    write('end\n');
    await until(() => exitRecord(runsRoot, spec.runId) !== null);
    expect(exitRecord(runsRoot, spec.runId)?.end).toMatchObject({ exitCode: 8, reason: null, stdout: { bytes: 24 } });
  });

  test('held named pipes stay open after the server, and at pidns after the launcher', async () => {
    const runsRoot = root();
    const pipe = `${runsRoot}/held`;
    const spec = shell(`exec < ${pipe}; while read line; do test "$line" = end && exit 8; done; exit 1`, {
      level,
      pipes: [pipe],
      holdPipes: true,
    });
    const line = (await Line.to(begun(runsRoot))).send(['hello', protocolVersion]).bytes(startFrame(spec));
    await line.hears('started', spec.runId);
    const write = (text: string) => {
      const fd = openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
      writeSync(fd, text);
      closeSync(fd);
    };
    write('one\n');
    line.socket.destroy();
    await line.closes();
    if (level === 'pidns') process.kill(pid(runsRoot) as number, 'SIGKILL');
    write('two\n');
    write('end\n');
    await until(() => exitRecord(runsRoot, spec.runId) !== null);
    expect(exitRecord(runsRoot, spec.runId)?.end).toMatchObject({ exitCode: 8, reason: null });
  });

  test('a second server takes over from the first, with the running runs', async () => {
    const runsRoot = root();
    const spec = shell('sleep 0.5; exit 3', { level });
    const first = (await Line.to(begun(runsRoot))).send(['hello', protocolVersion]).bytes(startFrame(spec));
    await first.hears('started', spec.runId);
    const second = (await Line.to(runsRoot)).send(['hello', protocolVersion]);
    await second.hears('hello');
    await first.closes();
    second.send(['again', spec.runId]);
    expect((await second.hears('ended', spec.runId)).text()).toBe('exit');
    second.send(['forget', spec.runId]).socket.end();
  });

  test('`end` stops every run, each with its grace', async () => {
    const runsRoot = root();
    const launcher = server(runsRoot);
    const specs = [shell('sleep 30', { level }), shell("trap '' TERM; while :; do sleep 0.05; done", { level })];
    const started = await Promise.all(specs.map((spec) => launcher.launch(spec)));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await stopAllRuns(runsRoot)).toBe(true);
    const ends = await Promise.all(started.map((run) => run.ended));
    expect(ends.map(({ reason, signal }) => [reason, signal])).toEqual([
      ['stop', 'SIGTERM'],
      ['stop', 'SIGKILL'],
    ]);
    for (const run of started) run.release();
  });

  test('a timeout begins with the stop signal of the run, though no server is there', async () => {
    const runsRoot = root();
    const spec = shell("trap 'echo told; exit 4' USR1; while :; do sleep 0.05; done", { level, stopSignal: 'SIGUSR1', timeoutMs: 400 });
    const run = await handOver(spec, runsRoot, () => until(() => exitRecord(runsRoot, spec.runId) !== null));
    expect(await run?.ended).toMatchObject({ reason: 'timeout', exitCode: 4, stdout: { bytes: 5 } });
    run?.release();
  });

  test('the launcher ends, ending its runs, when its folder is removed', async () => {
    const runsRoot = root();
    const launcher = server(runsRoot);
    const run = await launcher.launch(shell('sleep 60', { level }));
    const first = pid(runsRoot);
    rmSync(runsRoot, { recursive: true });
    expect(await run.ended).toMatchObject({ reason: 'stop' });
    run.release();
    await until(() => pid(runsRoot) !== first);
    // as long as there is a server it starts another launcher, in a new folder
    launcher.close();
    await until(() => pid(runsRoot) === undefined);
  });
});

test('an init whose launcher was killed still writes the record of its run', async () => {
  const runsRoot = root();
  const spec = shell('sleep 0.5; echo out; exit 9', { level: 'pidns' });
  const run = await server(runsRoot).launch(spec);
  process.kill(pid(runsRoot)!, 'SIGKILL');
  expect(await run.ended).toMatchObject({ exitCode: 9, signal: null, reason: null, stdout: { bytes: 4 } });
  run.release();
});

test('the launcher ends five seconds after the last server has gone, and not before', async () => {
  const runsRoot = root();
  const launcher = server(runsRoot);
  await launcher.connect();
  launcher.close();
  const closedMs = performance.now();
  await until(() => pid(runsRoot) === undefined);
  expect(performance.now() - closedMs).toBeGreaterThan(4900);
  expect(existsSync(runsRoot)).toBe(true);
});

test('a daemon that a run with a separate user left behind is ended', async (context) => {
  if (process.getuid?.() !== 0) return context.skip('only root can give a run a user of its own');
  const runsRoot = root();
  const run = await server(runsRoot).launch(shell('setsid sleep 61 >/dev/null 2>&1 & echo $!', { user: { uid: 61234, gid: 61234 } }));
  const end = await run.ended;
  const daemon = Number(end.log?.subarray(16).toString());
  expect(daemon).toBeGreaterThan(0);
  await until(() => !existsSync(`/proc/${daemon}`), 5000);
  run.release();
});

function begun(runsRoot: string): string {
  begin(runsRoot);
  return runsRoot;
}
