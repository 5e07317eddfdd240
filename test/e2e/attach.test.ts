// Attaching to a run: Kubernetes' channels, typing, ends, permissions, and clients that go away.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newUser } from '../support/accounts.js';
import { leftAfter, marked } from '../support/processes.js';
import { shell } from '../support/programs.js';
import { endOf, until } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';
import { attach, made, statusOfLine } from '../support/web-socket.js';

const graceMs = 1000;
let server: TestServer;

beforeAll(async () => {
  server = await startServer({ GRACE: '1' });
});

afterAll(() => server.stop());

const typed = (script: string, more: object = {}) => made(server, shell(script, { interactive: true, ...more }));
const stateOf = async (path: string) => (await server.send({ path })).json.state;

describe('channels', () => {
  test('carry stdin, stdout and stderr separately, and the status at the end', async () => {
    const run = await attach(server, await typed('read line; echo "got $line"; echo oops >&2; exit 3'));
    expect(run.socket.protocol).toBe('v5.channel.k8s.io');
    run.type('one\n');
    expect(await run.closed).toEqual({ code: 1000, reason: '' });
    expect([run.stdout(), run.stderr()]).toEqual(['got one\n', 'oops\n']);
    expect(run.status()).toMatchObject({
      metadata: {},
      status: 'Failure',
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: '3' }] },
    });
  });

  test.each([['v4.channel.k8s.io'], ['v5.channel.k8s.io', 'v4.channel.k8s.io']])('are those of %s', async (...protocols) => {
    const run = await attach(server, await typed('read line; echo "got $line"'), { protocols: protocols.toReversed() });
    run.type('one\n');
    await run.closed;
    expect([run.socket.protocol, run.stdout(), run.status().status]).toEqual([protocols[0], 'got one\n', 'Success']);
  });

  test('the first frame comes before the program says anything', async () => {
    const run = await attach(server, await typed('read line'));
    await until(
      () => run.frames.length,
      (count) => count > 0,
    );
    expect(run.frames[0]).toEqual(Buffer.of(1));
    run.type('\n');
    await run.closed;
    expect(run.status()).toEqual({ metadata: {}, status: 'Success' });
  });

  test('channel 255 closes stdin', async () => {
    const run = await attach(server, await typed('wc -c'));
    run.type(Buffer.alloc(3000));
    run.endInput();
    await run.closed;
    expect(run.stdout().trim()).toBe('3000');
  });

  test('a frame that is not of the protocol ends the connection with 1002', async () => {
    const run = await attach(server, await typed('sleep 30'));
    run.say(1, 'from a client');
    expect(await run.closed).toEqual({
      code: 1002,
      reason: 'a client cannot write to channel 1; allowed: 0 (stdin), 4 (resize), 255 (close)',
    });
    const other = await attach(server, await typed('sleep 30', { tty: true }));
    other.say(4, '{"Width": 0, "Height": 5}');
    expect((await other.closed).code).toBe(1002);
  });

  test('a frame of more than 1 MiB ends the connection with 1009', async () => {
    const run = await attach(server, await typed('sleep 30'));
    run.type(Buffer.alloc(2 ** 20));
    expect((await run.closed).code).toBe(1009);
  });

  test('64 MiB go through cat without losing a byte', async () => {
    const run = await attach(server, await typed('cat'));
    const bytes = randomBytes(2 ** 19);
    const before = server.peakBytes();
    for (let sent = 0; sent < 128; sent++) {
      run.type(bytes);
      await until(
        () => run.socket.bufferedAmount,
        (waiting) => waiting < 2 ** 20,
      );
    }
    run.endInput();
    await run.closed;
    const said = Buffer.concat(run.frames.filter(([first]) => first === 1).map((frame) => frame.subarray(1)));
    expect(said.length).toBe(128 * bytes.length);
    for (let at = 0; at < said.length; at += bytes.length) expect(said.subarray(at, at + bytes.length).equals(bytes)).toBe(true);
    expect(server.peakBytes() - before).toBeLessThan(80e6);
  });

  test('a program that never reads holds back the client that types, and not the server', async () => {
    const run = await attach(server, await typed('sleep 30'));
    const before = server.peakBytes();
    for (let sent = 0; sent < 100; sent++) run.type(Buffer.alloc(2 ** 19));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(run.socket.bufferedAmount).toBeGreaterThan(2 ** 24);
    expect(server.peakBytes() - before).toBeLessThan(40e6);
    run.cut();
  });
});

describe('a run that was only created', () => {
  test('is started when a client attaches', async () => {
    const run = await attach(server, await made(server, shell('read line; echo "got $line"', { start: false })));
    run.type('late\n');
    await run.closed;
    expect(run.stdout()).toBe('got late\n');
  });

  test('a shell in the sandbox of a user ends with the exit code that was typed, and Ctrl-C reaches what it runs', async () => {
    const login = `${await newUser(server, 'author')}:pw`;
    const run = await attach(server, await made(server, { exec: '/bin/sh', tty: true }, login), { login });
    run.type('sleep 60; echo cut $?\n');
    await run.shows('sleep 60');
    run.type('\x03');
    await run.shows(/\$ $/);
    run.type('exit 3\n');
    expect((await run.closed).code).toBe(1000);
    expect(run.stdout()).not.toContain('cannot');
    expect(run.status().details.causes).toEqual([{ reason: 'ExitCode', message: '3' }]);
  });

  test('is started with a terminal by ?tty=1, of the size that is asked for', async () => {
    const path = await made(server, shell('stty size; tty', { start: false }));
    const run = await attach(server, path, { query: '?tty=1&rows=30&columns=100' });
    await run.closed;
    expect(run.stdout()).toMatch(/^30 100\r\n\/dev\/pts\/\d+\r\n$/);
  });

  test('with a message cannot be attached to', async () => {
    const path = await made(server, shell('cat', { start: false, message: 'x' }));
    expect(await statusOfLine(server, `${path}attach/`)).toBe(400);
    expect(await stateOf(path)).toBe('created');
  });
});

describe('what is refused before the start', () => {
  test.each([
    [{ interactive: 'yes' }, 'interactive must be true or false'],
    [{ interactive: false, tty: true }, 'a run with a terminal is always interactive'],
    [{ tty: 1 }, 'tty must be true, false or'],
    [{ tty: { rows: 0 } }, 'rows and columns must be whole numbers from 1 to 65535'],
    [{ tty: { width: 3 } }, "unknown key 'width' in tty"],
    [{ interactive: true, message: 'x' }, 'an interactive run takes no message'],
  ])('%j', async (more, sentence) => {
    const { status, json } = await server.send({ method: 'POST', path: '/api/run/', body: shell('true', more) });
    expect([status, json.detail]).toEqual([400, expect.stringContaining(sentence)]);
  });

  test('a definition whose message is a file is refused', async () => {
    const definition = { exec: '/bin/cat', argv: ['${input_file}'], name: 'cat-file' };
    await server.send({ method: 'POST', path: '/api/process_definition/', body: { definition } });
    const { status, json } = await server.send({ method: 'POST', path: '/api/run/', body: { definition: 'cat-file', interactive: true } });
    expect([status, json.detail]).toEqual([400, expect.stringContaining('cannot be interactive')]);
  });
});

describe('several attached clients', () => {
  test('see the same, a later one from the beginning, and the run is stopped when the last one goes', async () => {
    const path = await typed('echo begin; while read line; do echo "$line"; done');
    const first = await attach(server, path);
    first.type('one\n');
    await first.shows('one');
    const second = await attach(server, path);
    await second.shows('begin\none\n');
    first.cut();
    second.type('two\n');
    await second.shows('two');
    expect(await stateOf(path)).toBe('running');
    second.cut();
    expect(await endOf(server, path)).toMatchObject({ end_reason: 'stop', error: 'the attached client went away' });
  });

  test('a run that is not interactive is shown, and typing to it is an error', async () => {
    const run = await attach(server, await made(server, shell('echo up; sleep 30', { timeout: 20 })));
    await run.shows('up');
    run.type('x');
    expect((await run.closed).code).toBe(1002);
  });

  test('a finished run is shown with its status', async () => {
    const path = await made(server, shell('echo done; exit 4'));
    await endOf(server, path);
    const run = await attach(server, path);
    await run.closed;
    expect([run.stdout(), run.status().details.causes[0].message]).toEqual(['done\n', '4']);
  });
});

describe('a client that goes away', () => {
  test.each([
    ['cut', (run: { cut: () => void }) => run.cut()],
    ['with a close frame', (run: { socket: { close: () => void } }) => run.socket.close()],
  ])('(%s) ends its run, with all its child processes', async (_how, leave: (run: Awaited<ReturnType<typeof attach>>) => void) => {
    const mark = `MARK${randomBytes(6).toString('hex')}`;
    const script = `trap '' TERM; (setsid sh -c 'trap "" TERM; while :; do sleep 0.1; done' ${mark} &) ; echo up; while :; do sleep 0.1; done`;
    const path = await typed(script, { environment: { MARK: mark } });
    const run = await attach(server, path);
    await run.shows('up');
    leave(run);
    expect(await leftAfter(graceMs + 1000, () => marked(mark))).toEqual([]);
    expect((await endOf(server, path)).end_reason).toBe('stop');
  });

  test('leaves a run running whose command says on_disconnect: continue', async () => {
    const path = await typed('echo up; read line; echo "$line"', { on_disconnect: 'continue' });
    const run = await attach(server, path);
    await run.shows('up');
    run.cut();
    const again = await attach(server, path);
    again.type('back\n');
    await again.closed;
    expect(again.stdout()).toBe('up\nback\n');
  });
});
