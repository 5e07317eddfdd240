// A run with a terminal: what is typed, its size, its output, its end.
import { describe, expect, test } from 'vitest';
import { readStream } from '../../src/model/read-frames.js';
import { ChildProcessLauncher } from '../../src/worker/child-process-launcher.js';
import { type LaunchedProcess, launchLevels } from '../../src/worker/launcher.js';
import { sanitizedLauncher, shell, until } from './sanitized.js';

const { root, server } = sanitizedLauncher();
const runsRoot = root();
const launcher = server(runsRoot);
const terminal = { rows: 24, columns: 80 };

/** What the run has said so far, and all of it at its end. */
function screen(run: LaunchedProcess) {
  const state = { text: '', all: Promise.resolve('') };
  state.all = (async () => {
    for await (const chunk of readStream(run.openLog(), { stream: 'stdout', follow: true })) state.text += chunk.toString();
    return state.text;
  })();
  return state;
}

describe.each(launchLevels)('a terminal at level %s', (level) => {
  test('is the same for stdin, stdout and stderr, has the size that was asked for, and its output is stdout', async () => {
    const run = await launcher.launch(shell('test -t 0 && test -t 1 && test -t 2 && stty size; echo err >&2', { level, terminal }));
    const end = await run.ended;
    expect(end).toMatchObject({ exitCode: 0, stdout: { bytes: 12 }, stderr: { bytes: 0 } });
    expect(await screen(run).all).toBe('24 80\r\nerr\r\n');
    run.release();
  });

  test('erases a whole character at a backspace, however many bytes it has', async () => {
    const run = await launcher.launch(shell('echo ready; read line; printf %s "$line" | od -An -c', { level, terminal }));
    const shown = screen(run);
    await until(() => shown.text.includes('ready'));
    run.type(Buffer.from('a\u00e9\u007f\u{1f600}\u007fb\r'));
    await run.ended;
    expect((await shown.all).trimEnd()).toMatch(/ {3}a {3}b$/);
    run.release();
  });

  test('takes what is typed and echoes it', async () => {
    const run = await launcher.launch(shell('read line; echo "got $line"', { level, terminal }));
    const shown = screen(run);
    run.type(Buffer.from('hello\r'));
    expect(await run.ended).toMatchObject({ exitCode: 0, reason: null });
    expect(await shown.all).toBe('hello\r\ngot hello\r\n');
    run.release();
  });

  test('control-D is the end of input, control-C interrupts', async () => {
    const reader = await launcher.launch(shell('cat; echo over', { level, terminal }));
    const shown = screen(reader);
    reader.type(Buffer.from('one\r\x04'));
    expect(await reader.ended).toMatchObject({ exitCode: 0 });
    expect(await shown.all).toBe('one\r\none\r\nover\r\n');
    reader.release();
    const sleeper = await launcher.launch(shell('echo up; exec sleep 30', { level, terminal }));
    const up = screen(sleeper);
    await until(() => up.text.includes('up'));
    sleeper.type(Buffer.from('\x03'));
    expect(await sleeper.ended).toMatchObject({ signal: 'SIGINT', reason: null });
    sleeper.release();
  });

  test('a new size reaches the program as SIGWINCH', async () => {
    const run = await launcher.launch(shell("trap 'stty size; exit 7' WINCH; echo up; while :; do sleep 0.02; done", { level, terminal }));
    const shown = screen(run);
    await until(() => shown.text.includes('up'));
    run.resize({ rows: 50, columns: 132 });
    expect(await run.ended).toMatchObject({ exitCode: 7 });
    expect(await shown.all).toBe('up\r\n50 132\r\n');
    run.release();
  });

  test('output that is not read yet when the program ends is not lost', async () => {
    const run = await launcher.launch(shell('seq 1 20000', { level, terminal }));
    expect(await run.ended).toMatchObject({ exitCode: 0, stdout: { bytes: 108_894 + 20_000 } });
    run.release();
  });

  test('a program that lets go of its terminal is not hung up', async () => {
    const run = await launcher.launch(shell('exec </dev/null >/dev/null 2>&1; sleep 0.3; exit 4', { level, terminal }));
    expect(await run.ended).toMatchObject({ exitCode: 4, signal: null });
    run.release();
  });
});

test('without the launcher in C a terminal is refused with the reason', async () => {
  const other = new ChildProcessLauncher(runsRoot);
  await expect(other.launch(shell('true', { terminal }))).rejects.toMatchObject({ errno: 'ENOSYS' });
  const run = await other.launch(shell('true'));
  expect(() => run.type(Buffer.from('x'))).toThrow('a terminal needs the native launcher');
  expect(() => run.resize(terminal)).toThrow('a terminal needs the native launcher');
  await run.ended;
  run.release();
});
