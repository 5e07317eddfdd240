// A terminal over WebSocket: real interactive programs, their size, control characters, their end.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shell } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';
import { attach, made } from '../support/web-socket.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer({ GRACE: '1' });
});

afterAll(() => server.stop());

const atTerminal = async (definition: object, tty: object | true = true) =>
  attach(server, await made(server, { ...definition, tty }), { query: '?tty=1' });

describe('a terminal', () => {
  test('talks with python3 -i', async () => {
    const python = await atTerminal({ exec: '/usr/bin/python3', argv: ['-i', '-q'] });
    await python.shows('>>> ');
    python.type('6 * 7\r');
    await python.shows('\r\n42\r\n');
    python.type('import sys; sys.exit(9)\r');
    expect(await python.closed).toEqual({ code: 1000, reason: '' });
    expect(python.status()).toMatchObject({ status: 'Failure', details: { causes: [{ reason: 'ExitCode', message: '9' }] } });
  });

  test('takes a paste of 32 KiB into python3 -i', async () => {
    const python = await atTerminal({ exec: '/usr/bin/python3', argv: ['-i', '-q'] });
    await python.shows('>>> ');
    python.type(`${'total = 0\r'}${Array.from({ length: 2000 }, () => 'total += 1\r').join('')}print("sum", total)\rexit()\r`);
    await python.closed;
    expect(python.stdout()).toContain('sum 2000');
  });

  test('shows top, which follows a new size and ends at q', async () => {
    const top = await atTerminal({ exec: '/usr/bin/top', argv: ['-d', '60'] }, { rows: 20, columns: 90 });
    await top.shows('PID');
    const before = top.stdout().length;
    top.resize(60, 10);
    await top.shows(new RegExp(`[^]{${before}}[^]*PID`));
    top.type('q');
    await top.closed;
    expect(top.status().status).toBe('Success');
  });

  test('has the size that was asked for, and a new one at once, as SIGWINCH', async () => {
    const script = 'stty size; trap "stty size; exit" WINCH; echo up; while :; do sleep 0.05; done';
    const run = await atTerminal(shell(script), { rows: 33, columns: 111 });
    await run.shows('up');
    run.resize(132, 50);
    await run.closed;
    expect(run.stdout()).toBe('33 111\r\nup\r\n50 132\r\n');
  });

  test('sets TERM, unless the environment of the definition does', async () => {
    const plain = await atTerminal(shell('echo $TERM'));
    await plain.closed;
    expect(plain.stdout()).toBe('xterm-256color\r\n');
    const own = await atTerminal(shell('echo $TERM', { environment: { TERM: 'vt100' } }));
    await own.closed;
    expect(own.stdout()).toBe('vt100\r\n');
  });

  test('interrupts at control-C, and the status names the signal', async () => {
    const run = await atTerminal(shell('echo up; exec sleep 30'));
    await run.shows('up');
    run.type('\x03');
    await run.closed;
    expect(run.status().details.causes).toEqual([
      { reason: 'ExitCode', message: '130' },
      { reason: 'Signal', message: 'SIGINT' },
    ]);
  });

  test('ends its input at channel 255', async () => {
    const run = await atTerminal(shell('cat; echo over'));
    run.type('one\r');
    await run.shows('one\r\none');
    run.endInput();
    await run.closed;
    expect(run.stdout()).toBe('one\r\none\r\nover\r\n');
  });

  test('shows the whole screen to a client that attaches later', async () => {
    const path = await made(server, { ...shell('echo first; read line; echo "got $line"'), tty: true });
    const one = await attach(server, path);
    await one.shows('first');
    const late = await attach(server, path, { query: '?tty=1' });
    await late.shows('first');
    late.type('x\r');
    await Promise.all([one.closed, late.closed]);
    expect(late.stdout()).toBe(one.stdout());
    expect(late.stdout()).toContain('got x');
  });

  test('is refused with 409 for a run that was started without one', async () => {
    const path = await made(server, shell('sleep 5', { interactive: true }));
    await expect(attach(server, path, { query: '?tty=1' })).rejects.toThrow(/^409 .*was not started with a terminal/);
  });
});

test('without the launcher in C a terminal is refused with 501 and the reason, and a held stdin works', async () => {
  const other = await startServer({ LAUNCHER: 'child_process', ISOLATION: 'process' });
  await expect(made(other, { ...shell('true'), tty: true })).rejects.toThrow(/^501 .*a terminal needs the native launcher/);
  const created = await made(other, shell('read line; echo "got $line"', { start: false }));
  await expect(attach(other, created, { query: '?tty=1' })).rejects.toThrow(/^501 .*terminal_unavailable/);
  const run = await attach(other, created);
  run.type('a line\n');
  await run.closed;
  expect(run.stdout()).toBe('got a line\n');
  await other.stop();
});
