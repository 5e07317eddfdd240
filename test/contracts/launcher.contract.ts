// What every launcher must do; a test file per launcher runs it.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { LaunchError, type Launcher, type LaunchSpec } from '../../src/worker/launcher.js';

const plain: LaunchSpec = {
  exec: '/bin/sh',
  argv: [],
  cwd: '/',
  environment: { PATH: '/usr/bin:/bin' },
  user: null,
  stdin: 'empty',
  limits: {},
  timeoutMs: 0,
  graceMs: 300,
};
const script = (text: string, more: Partial<LaunchSpec> = {}): LaunchSpec => ({ ...plain, argv: ['-c', text], ...more });

async function textOf(chunks: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) text += chunk;
  return text;
}

export function launcherContract(launcher: Launcher): void {
  test('gives back what the program wrote, and its exit code', async () => {
    const process = await launcher.launch(script('echo out; echo err >&2; exit 3'));
    expect(await Promise.all([textOf(process.stdout), textOf(process.stderr)])).toEqual(['out\n', 'err\n']);
    expect(await process.ended).toMatchObject({ exitCode: 3, signal: null, timedOut: false });
  });

  test('keeps what the program wrote for a reader who comes late', async () => {
    for (let time = 0; time < 10; time++) {
      const process = await launcher.launch(script('echo out'));
      await process.ended;
      await sleep(5);
      expect(await textOf(process.stdout)).toBe('out\n');
      await textOf(process.stderr);
    }
  });

  test('loses nothing when the event loop is busy at the end', async () => {
    const process = await launcher.launch(script('head -c 200000 /dev/zero'));
    void process.ended.then(() => {
      const untilMs = performance.now() + 1500;
      while (performance.now() < untilMs);
    });
    const [text] = await Promise.all([textOf(process.stdout), textOf(process.stderr)]);
    expect(text.length).toBe(200_000);
  });

  test('names the signal that ended the program, and never an exit code beside it', async () => {
    const process = await launcher.launch(script('kill -9 $$'));
    await Promise.all([textOf(process.stdout), textOf(process.stderr)]);
    expect(await process.ended).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
  });

  test('rejects with the error of the system when the program cannot be started', async () => {
    await expect(launcher.launch({ ...plain, exec: '/no/such/program' })).rejects.toMatchObject({ errno: 'ENOENT' });
    await expect(launcher.launch({ ...plain, exec: '/etc/passwd' })).rejects.toBeInstanceOf(LaunchError);
    await expect(launcher.launch({ ...plain, argv: ['x'.repeat(200_000)] })).rejects.toMatchObject({ errno: 'E2BIG' });
  });

  test('ends a program at its timeout, TERM first, KILL after the grace, never early', async () => {
    const beginMs = performance.now();
    const process = await launcher.launch(script("trap '' TERM; while :; do sleep 0.05; done", { timeoutMs: 300 }));
    await process.stopping;
    expect(performance.now() - beginMs).toBeGreaterThanOrEqual(299);
    await Promise.all([textOf(process.stdout), textOf(process.stderr)]);
    expect(await process.ended).toMatchObject({ signal: 'SIGKILL', timedOut: true });
    expect(performance.now() - beginMs).toBeGreaterThanOrEqual(599);
  });

  test('a stop is no timeout; a stop that comes too late does nothing', async () => {
    const process = await launcher.launch(script('sleep 10', { timeoutMs: 60_000 }));
    process.stop({});
    await Promise.all([textOf(process.stdout), textOf(process.stderr)]);
    expect(await process.ended).toMatchObject({ signal: 'SIGTERM', timedOut: false });
    process.stop({});
  });

  test('passes arguments and environment as they are', async () => {
    const argv = ['-c', 'printf "%s|" "$@"; printf "%s" "$ODD"', 'sh', '', ' ', '$(id)', "'", '"', '\n', 'ünï'];
    const process = await launcher.launch({ ...plain, argv, environment: { ODD: '$HOME;x' } });
    expect(await textOf(process.stdout)).toBe(`| |$(id)|'|"|\n|ünï|$HOME;x`);
    await textOf(process.stderr);
  });
}
