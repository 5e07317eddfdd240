// What every launcher must do; a test file per launcher runs it, at each level that the launcher has.
import { createReadStream, lstatSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readStream } from '../../src/model/read-frames.js';
import {
  LaunchError,
  type LaunchedProcess,
  type Launcher,
  type LaunchLevel,
  type LaunchSpec,
  type ProcessEnd,
} from '../../src/worker/launcher.js';
import { launchSpec } from '../support/launch-spec.js';

export interface LauncherUnderTest {
  launcher: Launcher;
  level: LaunchLevel;
  /** The folder of the control directories. */
  runsRoot: string;
}

export function launcherContract({ launcher, level, runsRoot }: LauncherUnderTest): void {
  const folder = mkdtempSync(join(tmpdir(), 'procreg-contract-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const plain = (more: Partial<LaunchSpec> = {}): LaunchSpec => launchSpec({ level, ...more });
  const script = (text: string, more: Partial<LaunchSpec> = {}): LaunchSpec => plain({ argv: ['-c', text], ...more });

  interface Ended extends ProcessEnd {
    out: string;
    err: string;
  }

  async function textOf(run: LaunchedProcess, stream: 'stdout' | 'stderr'): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of readStream(run.openLog(), { stream, follow: true })) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  }

  async function outcome(spec: LaunchSpec): Promise<Ended> {
    const run = await launcher.launch(spec);
    const end = await run.ended;
    const [out, err] = [await textOf(run, 'stdout'), await textOf(run, 'stderr')];
    run.release();
    return { ...end, out, err };
  }

  test('gives back what the program wrote, and its exit code', async () => {
    const end = await outcome(script('echo out; echo err >&2; exit 3'));
    expect(end).toMatchObject({ out: 'out\n', err: 'err\n', exitCode: 3, signal: null, reason: null });
    expect(end).toMatchObject({ stdout: { bytes: 4, isText: true }, stderr: { bytes: 4, isText: true } });
  });

  test('a small log comes back whole; a large one is a file of the control directory', async () => {
    expect((await outcome(script('echo out'))).log?.length).toBe(16 + 4);
    const spec = script('head -c 200000 /dev/zero');
    const large = await outcome(spec);
    expect([large.log, large.out.length, large.stdout]).toEqual([null, 200_000, { bytes: 200_000, isText: false }]);
    expect(readFileSync(join(runsRoot, spec.runId, 'log')).length).toBeGreaterThan(200_000);
  });

  test('can be followed while it runs, and twice', async () => {
    const run = await launcher.launch(script('echo one; sleep 0.4; echo two'));
    expect(await Promise.all([textOf(run, 'stdout'), textOf(run, 'stdout')])).toEqual(['one\ntwo\n', 'one\ntwo\n']);
    run.release();
  });

  test('a held stdin takes one message after the other, until it is closed', async () => {
    const run = await launcher.launch(script('while read line; do echo "got $line"; done; echo over', { stdin: 'held' }));
    const said: string[] = [];
    run.stdin?.write('0\n');
    for await (const chunk of readStream(run.openLog(), { stream: 'stdout', follow: true })) {
      said.push(...chunk.toString().split('\n').filter(Boolean));
      if (said.length < 3) run.stdin?.write(`${said.length}\n`);
      else run.closeInput();
    }
    await run.ended;
    expect(said).toEqual(['got 0', 'got 1', 'got 2', 'over']);
    run.release();
  });

  test('names the signal that ended the program, and never an exit code next to it', async () => {
    expect(await outcome(script('kill -9 $$'))).toMatchObject({ exitCode: null, signal: 'SIGKILL', reason: null });
  });

  test('rejects with the error of the system when the program cannot be started', async () => {
    await expect(launcher.launch(plain({ exec: '/no/such/program' }))).rejects.toMatchObject({ errno: 'ENOENT' });
    await expect(launcher.launch(plain({ exec: '/etc/passwd' }))).rejects.toBeInstanceOf(LaunchError);
    await expect(launcher.launch(plain({ argv: ['x'.repeat(200_000)] }))).rejects.toMatchObject({ errno: 'E2BIG' });
  });

  test('ends a program at its timeout, TERM first, KILL after the grace, never early', async () => {
    const beginMs = performance.now();
    const run = await launcher.launch(script("trap '' TERM; while :; do sleep 0.05; done", { timeoutMs: 300 }));
    await run.stopping;
    expect(performance.now() - beginMs).toBeGreaterThanOrEqual(299);
    expect(await run.ended).toMatchObject({ signal: 'SIGKILL', reason: 'timeout' });
    expect(performance.now() - beginMs).toBeGreaterThanOrEqual(599);
    run.release();
  });

  test('begins a timeout, and a stop that names no signal, with the stop signal of the order', async () => {
    const deaf = "trap '' TERM; trap 'exit 9' USR1; while :; do sleep 0.05; done";
    const ends: ProcessEnd[] = [];
    for (const timeoutMs of [300, 0]) {
      const run = await launcher.launch(script(deaf, { timeoutMs, stopSignal: 'SIGUSR1', graceMs: 20_000 }));
      if (timeoutMs === 0) setTimeout(() => run.stop({}), 300);
      ends.push(await run.ended);
      run.release();
    }
    expect(ends).toMatchObject([
      { exitCode: 9, reason: 'timeout' },
      { exitCode: 9, reason: 'stop' },
    ]);
  });

  test('a run that was released can be launched again under its id at once', async () => {
    for (let attempt = 1; attempt <= 5; attempt++) {
      const run = await launcher.launch(script(`echo ${attempt}`, { runId: 'again-and-again' }));
      expect(await run.ended).toMatchObject({ exitCode: 0 });
      run.release();
    }
  });

  test('a stop is not told as a timeout; a stop that comes too late does nothing', async () => {
    const run = await launcher.launch(script('sleep 10', { timeoutMs: 60_000 }));
    run.stop({});
    expect(await run.ended).toMatchObject({ signal: 'SIGTERM', reason: 'stop' });
    run.stop({});
    run.release();
  });

  test('a stop reaches the children, and the output of a trap is kept', async () => {
    const run = await launcher.launch(script("trap 'echo bye; exit 5' TERM; sleep 30 & echo up; wait"));
    for await (const _up of readStream(run.openLog(), { follow: true })) break;
    run.stop({});
    expect(await run.ended).toMatchObject({ exitCode: 5, reason: 'stop' });
    expect(await textOf(run, 'stdout')).toBe('up\nbye\n');
    run.release();
  });

  test('a single signal goes to the program alone', async () => {
    const run = await launcher.launch(script("trap 'exit 9' USR1; echo up; while :; do sleep 0.02; done"));
    for await (const _up of readStream(run.openLog(), { follow: true })) break;
    run.signal('SIGUSR1');
    expect(await run.ended).toMatchObject({ exitCode: 9, reason: null });
    run.release();
  });

  test('output beyond the limit is thrown away, and the program is ended', async () => {
    const end = await outcome(plain({ exec: '/usr/bin/yes', outputLimitBytes: 1000 }));
    expect([end.out.length, end.reason, end.signal]).toEqual([1000, 'output_limit', 'SIGKILL']);
  });

  test('passes arguments and environment as they are', async () => {
    const argv = ['-c', 'printf "%s|" "$@"; printf "%s" "$ODD"', 'sh', '', ' ', '$(id)', "'", '"', '\n', 'ünï'];
    const { out } = await outcome(plain({ argv, environment: { ODD: '$HOME;x' } }));
    expect(out).toBe(`| |$(id)|'|"|\n|ünï|$HOME;x`);
  });

  test('stdin is empty, bytes, a file, or a pipe that its writer ends', async () => {
    const cat = { exec: '/bin/cat' };
    writeFileSync(join(folder, 'message'), 'from a file');
    expect((await outcome(plain(cat))).out).toBe('');
    expect((await outcome(plain({ ...cat, stdin: { bytes: Buffer.from('with\0bytes') } }))).out).toBe('with\0bytes');
    expect((await outcome(plain({ ...cat, stdin: { file: join(folder, 'message') } }))).out).toBe('from a file');
    const run = await launcher.launch(plain({ ...cat, stdin: 'live' }));
    run.stdin?.write('one ');
    run.stdin?.end(Buffer.alloc(300_000, 'x'));
    expect(await run.ended).toMatchObject({ exitCode: 0, stdout: { bytes: 300_004, isText: true } });
    run.release();
  });

  test('a program that does not read a live message is not told as a fault', async () => {
    const run = await launcher.launch(plain({ exec: '/bin/true', stdin: 'live' }));
    run.stdin?.write(Buffer.alloc(2 ** 20));
    expect(await run.ended).toMatchObject({ exitCode: 0, reason: null });
    run.release();
  });

  test('text is told apart from binary data, also across the pieces in which it is read', async () => {
    const text = await outcome(script(`for n in 1 2 3; do printf 'a\\303'; sleep 0.05; printf '\\244'; done`));
    expect(text.stdout).toEqual({ bytes: 9, isText: true });
    const cut = await outcome(script(`printf 'ok\\303'; printf 'a\\000' >&2`));
    expect([cut.stdout.isText, cut.stderr.isText]).toEqual([false, false]);
  });

  test('a named pipe exists before the start, and ends when its writer has closed it', async () => {
    const pipe = join(folder, `pipe-${level}`);
    const run = await launcher.launch(script(`cat ${pipe}; echo over`, { pipes: [pipe] }));
    expect(lstatSync(pipe).isFIFO()).toBe(true);
    expect(lstatSync(pipe).mode & 0o777).toBe(0o600);
    await writeFile(pipe, 'through the pipe\n');
    await run.ended;
    expect(await textOf(run, 'stdout')).toBe('through the pipe\nover\n');
    run.release();
    rmSync(pipe);
  });

  test('a held pipe takes one writer after the other, and does not end before the run', async () => {
    const [into, from] = [join(folder, `in-${level}`), join(folder, `from-${level}`)];
    const echo = script(`exec < ${into} > ${from}; while read line; do echo "got $line"; test "$line" = end && exit; done`, {
      pipes: [into, from],
      holdPipes: true,
    });
    const run = await launcher.launch(echo);
    const said = createReadStream(from);
    for (const line of ['one', 'two', 'end']) await writeFile(into, `${line}\n`);
    const chunks: Buffer[] = [];
    for await (const chunk of said) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toBe('got one\ngot two\ngot end\n');
    expect(await run.ended).toMatchObject({ exitCode: 0 });
    run.release();
    for (const path of [into, from]) rmSync(path);
  });

  test('a pipe at the path of a file, or where nothing can be created, is refused, and the file stays', async () => {
    const file = join(folder, 'no-pipe');
    writeFileSync(file, 'a file');
    await expect(launcher.launch(script('', { pipes: [file] }))).rejects.toMatchObject({ errno: 'EEXIST', stage: 'named pipe' });
    expect(readFileSync(file, 'utf8')).toBe('a file');
    await expect(launcher.launch(script('', { pipes: [join(folder, 'no/pipe')] }))).rejects.toMatchObject({ stage: 'named pipe' });
  });

  test('when memory runs out, the kernel would rather end a program than this process', async () => {
    const { out } = await outcome(script('sleep 0.3; cat /proc/self/oom_score_adj'));
    expect(Number(out)).toBeGreaterThan(Number(readFileSync('/proc/self/oom_score_adj', 'utf8')));
  });

  test('the limits are applied', async () => {
    const { out } = await outcome(
      script('ulimit -n; ulimit -t; ulimit -f', { limits: { openFiles: 77, cpuSeconds: 5, fileBytes: 10_240 } }),
    );
    expect(out).toBe('77\n5\n20\n');
  });
}
