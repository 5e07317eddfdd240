import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { asked, end, portOf } from '../support/addresses.js';
import { launcherOf } from '../support/processes.js';
import { crash, killLauncher, logOf, next, running, until } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';

const isRoot = process.getuid?.() === 0;

/** A program that keeps trying to listen at the port of the server, in this way, and prints what a client sends that connects to it. */
function squatter(port: number, { family = 'AF_INET', host = '127.0.0.1', options = [2] } = {}) {
  const script = `
import socket, time
print('tries', flush=True)
while True:
  s = socket.socket(socket.${family})
  for option in ${JSON.stringify(options)}: s.setsockopt(1, option, 1)
  try:
    s.bind((${JSON.stringify(host)}, ${port})); s.listen(9)
    break
  except OSError: s.close(); time.sleep(0.002)
print('bound', flush=True)
print(s.accept()[0].recv(4000).decode(), flush=True)`;
  return { exec: '/usr/bin/python3', argv: ['-u', '-c', script], timeout: 60 };
}

const ways = {
  SO_REUSEADDR: {},
  SO_REUSEPORT: { options: [15] },
  'both, for all addresses': { options: [2, 15], host: '0.0.0.0' },
  'IPv6 only': { family: 'AF_INET6', host: '::1' },
  'IPv6 for all addresses': { family: 'AF_INET6', host: '::', options: [2, 15] },
};

/** The path of the run of such a program, once it has begun to try. */
async function squatting(server: TestServer, way: object = {}): Promise<string> {
  const run = await running(server, squatter(portOf(server), way));
  await until(
    () => logOf(server, run),
    (log) => log === 'tries\n',
  );
  return run;
}

/** The program has tried all the time, in vain. */
async function expectInVain(server: TestServer, run: string) {
  // found again, its log is there
  const log = await until(
    () => logOf(server, run),
    (text) => text !== '',
  );
  expect(log).toBe('tries\n');
}

describe('a run that outlives the server', { timeout: 60_000 }, () => {
  describe.each([
    ['pidns', Object.keys(ways)],
    ['process', ['SO_REUSEADDR', 'IPv6 for all addresses']],
  ] as const)('at level %s', (ISOLATION, names) => {
    test.each(names)('cannot take its address: %s', async (name) => {
      const way = ways[name as keyof typeof ways];
      const first = await startServer({ ISOLATION, RESTART_WAIT: '20' });
      const port = portOf(first);
      const run = await squatting(first, way);
      await crash(first);
      await sleep(300);
      // a client that connects now waits for the next server
      const waiting = asked(port);
      const second = await next(first, { ISOLATION });
      expect(await waiting).toEqual(['200', '200']);
      expect(portOf(second)).toBe(port);
      await expectInVain(second, run);
      const exit = once(second.process, 'exit');
      process.kill(second.pid, 'SIGTERM');
      await until(
        () => asked(port),
        (told) => told.every((one) => one === 'ECONNREFUSED'),
      );
      await exit;
      await sleep(300);
      const third = await next(second, { ISOLATION, PORT: String(port) });
      await expectInVain(third, run);
      await end(third, run);
    });
  });

  test('cannot take its address after RESTART_WAIT either', async () => {
    const settings = { RESTART_WAIT: '0.5' };
    const first = await startServer(settings);
    const port = portOf(first);
    const run = await squatting(first);
    await crash(first);
    await until(
      () => asked(port),
      (told) => told.every((one) => one === 'ECONNREFUSED'),
    );
    await sleep(500);
    const second = await next(first, { ...settings, PORT: String(port) });
    expect(await asked(port)).toEqual(['200', '200']);
    await expectInVain(second, run);
    await end(second, run);
  });

  test('cannot take its address when the launcher is killed first', async () => {
    const first = await startServer({ RESTART_WAIT: '1' });
    const port = portOf(first);
    const run = await squatting(first);
    killLauncher(first);
    await until(
      () => launcherOf(first.dataDir),
      (pid) => pid !== undefined,
    );
    await sleep(1000);
    await crash(first);
    await sleep(1500);
    const second = await next(first, { PORT: String(port) });
    expect(await asked(port)).toEqual(['200', '200']);
    await expectInVain(second, run);
    await end(second, run);
  });

  test.runIf(isRoot)('cannot take the address of a server of an ordinary user', async () => {
    const first = await startServer({}, { uid: 1234 });
    const port = portOf(first);
    const run = await squatting(first);
    await crash(first);
    await sleep(300);
    const second = await startServer({}, { dataDir: first.dataDir, uid: 1234 });
    expect(portOf(second)).toBe(port);
    await expectInVain(second, run);
    await end(second, run);
  });
});
