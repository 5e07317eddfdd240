// The address of a server is its own, also while no server is there: no program can take it, and with it what clients send.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { freePort } from '../support/free-port.js';
import { send } from '../support/http.js';
import { launcherOf } from '../support/processes.js';
import { failure, shell } from '../support/programs.js';
import { crash, killLauncher, logOf, next, running, until } from '../support/restarts.js';
import { projectRoot, startServer, type TestServer } from '../support/server.js';

const isRoot = process.getuid?.() === 0;

/** Tries again and again to listen at the port of the server, in this way, and prints what it is told by who connects. */
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

const portOf = ({ url }: TestServer) => Number(new URL(url).port);

/** What a client is told that connects now, by IPv4 and by IPv6. */
const asked = (port: number) =>
  Promise.all(
    ['127.0.0.1', '[::1]'].map((host) =>
      send(`http://${host}:${port}`, { path: '/api/me/', login: 'admin:secret' }).then(
        ({ status }) => String(status),
        ({ code }) => code as string,
      ),
    ),
  );

/** The path of the run of such a program, once it tries. */
async function squatting(server: TestServer, way: object = {}): Promise<string> {
  const run = await running(server, squatter(portOf(server), way));
  await until(
    () => logOf(server, run),
    (log) => log === 'tries\n',
  );
  return run;
}

/** It has tried all the time, in vain. */
async function expectInVain(server: TestServer, run: string) {
  // found again, its log is there
  const log = await until(
    () => logOf(server, run),
    (text) => text !== '',
  );
  expect(log).toBe('tries\n');
}

async function end(server: TestServer, run: string) {
  await server.send({ method: 'POST', path: `${run}stop/` });
  await server.stop();
}

describe('a run that outlives the server', { timeout: 60_000 }, () => {
  describe.each([
    ['pidns', Object.keys(ways)],
    ['process', ['SO_REUSEADDR', 'IPv6 for all addresses']],
  ] as const)('at level %s', (ISOLATION, names) => {
    test.each(names)('takes its address in no way: %s', async (name) => {
      const way = ways[name as keyof typeof ways];
      const first = await startServer({ ISOLATION, RESTART_WAIT: '20' });
      const port = portOf(first);
      const run = await squatting(first, way);
      await crash(first);
      await sleep(300);
      // who comes now waits for the next one
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

  test('does not get it after RESTART_WAIT either', async () => {
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

  test('does not get it when the launcher is killed first', async () => {
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

  test.runIf(isRoot)('does not get it from a server of an ordinary user', async () => {
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

describe('TERM', { timeout: 60_000 }, () => {
  test('frees the address at once where no run goes on, and so does Ctrl-C where one does', async () => {
    for (const [signal, settings] of [
      ['SIGTERM', {}],
      ['SIGTERM', { ON_SHUTDOWN: 'stop' }],
      ['SIGINT', {}],
    ] as const) {
      const server = await startServer(settings);
      if (signal === 'SIGINT' || 'ON_SHUTDOWN' in settings) await running(server, shell('sleep 60'));
      const exit = once(server.process, 'exit');
      process.kill(server.pid, signal);
      const other = createServer();
      await until(
        () => new Promise((resolve) => other.once('error', () => resolve(false)).listen(portOf(server), '127.0.0.1', () => resolve(true))),
        (isBound) => isBound === true,
      );
      other.close();
      await exit;
      await server.stop();
    }
  });

  test('lets a connection that waits for its next request have the answer, and ends it with that', async () => {
    const server = await startServer({ GRACE: '4' });
    const socket = connect(portOf(server), '127.0.0.1');
    let said = '';
    socket.on('data', (chunk) => (said += chunk));
    socket.write('GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await until(
      () => said,
      (text) => text.includes('live'),
    );
    expect(said).toMatch(/connection: keep-alive/i);
    const closed = once(socket, 'close');
    process.kill(server.pid, 'SIGTERM');
    await sleep(500);
    said = '';
    socket.write('GET /about HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await closed;
    expect(said).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(said).toMatch(/\r\nconnection: close\r\n/i);
    await server.stop();
  });

  test('ends a connection that nothing comes on, after the grace', async () => {
    const server = await startServer({ GRACE: '1' });
    const socket = connect(portOf(server), '127.0.0.1');
    await once(socket, 'connect');
    await sleep(100);
    const began = performance.now();
    process.kill(server.pid, 'SIGTERM');
    await once(socket.resume(), 'end');
    expect(performance.now() - began).toBeGreaterThan(900);
    await server.stop();
  });

  test('lets an answer under way come to its end within the grace', async () => {
    const server = await startServer({ GRACE: '10' });
    const run = await running(server, shell('for i in 1 2 3 4 5; do echo $i; sleep 0.5; done', { timeout: 30 }));
    const text = new Promise<string>((resolve, reject) => {
      const sent = request(new URL(`${run}log/?follow=1`, server.url), { auth: 'admin:secret', agent: false }, async (answer) => {
        let all = '';
        for await (const chunk of answer) all += chunk;
        resolve(all);
      });
      sent.once('error', reject).end();
    });
    await sleep(300);
    process.kill(server.pid, 'SIGTERM');
    expect(await text).toBe('1\n2\n3\n4\n5\n');
    await server.stop();
  });
});

describe('the next server', { timeout: 60_000 }, () => {
  test('with another PORT leaves nothing at the old one', async () => {
    const first = await startServer();
    const run = await running(first, shell('sleep 60'));
    await crash(first);
    const port = await freePort();
    const second = await next(first, { PORT: String(port) });
    expect(portOf(second)).toBe(port);
    expect(await asked(port)).toEqual(['200', '200']);
    expect(await asked(portOf(first))).toEqual(['ECONNREFUSED', 'ECONNREFUSED']);
    await end(second, run);
  });

  test('with another HOST listens there', async () => {
    const first = await startServer();
    const run = await running(first, shell('sleep 60'));
    await crash(first);
    const second = await next(first, { HOST: '127.0.0.2', PORT: String(portOf(first)) });
    expect(second.url).toBe(`http://127.0.0.2:${portOf(first)}`);
    expect(await asked(portOf(first))).toEqual(['ECONNREFUSED', 'ECONNREFUSED']);
    await end(second, run);
  });

  test('says whose an address is that another launcher keeps', async () => {
    const first = await startServer();
    const run = await running(first, shell('sleep 60'));
    await crash(first);
    const refused = await startServer({ PORT: String(portOf(first)) }).catch((error: Error) => error.message);
    expect(refused).toContain(`EADDRINUSE: address already in use 127.0.0.1:${portOf(first)}: the launcher of ${first.dataDir} keeps it`);
    const second = await next(first);
    await end(second, run);
  });
});

test('0.0.0.0 is every address of IPv6, too', async () => {
  const server = await startServer({ HOST: '0.0.0.0' });
  expect(await asked(portOf(server))).toEqual(['200', '200']);
  await server.stop();
});

test.each([
  ['input', { input_adapter: { input_type: 'port', input_parameters: { tcp_port: 0 } } }],
  ['output', { output_adapter: { output_type: 'port', output_parameters: { tcp_port: 0 } } }],
])('a program may not listen where its server does, for its %s', async (_side, definition) => {
  const server = await startServer();
  const port = portOf(server);
  const own = JSON.parse(JSON.stringify(definition).replace('"tcp_port":0', `"tcp_port":${port}`));
  const { json } = await failure(server, 'spawn_error', { exec: '/bin/cat', ...own });
  expect(json.detail).toContain(`port ${port} is this server's own`);
  await server.stop();
});

test('the sockets of a service manager are taken (LISTEN_FDS)', async () => {
  const script = `
import os, socket, sys
for fd in (3, 4):
  try: os.close(fd)
  except OSError: pass
sockets = []
for family, host in ((socket.AF_INET, '127.0.0.1'), (socket.AF_INET6, '::1')):
  s = socket.socket(family); s.bind((host, int(sys.argv[1]))); s.listen(9); sockets.append(s)
assert [s.fileno() for s in sockets] == [3, 4]
for s in sockets: os.set_inheritable(s.fileno(), True)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS='2')
os.execv(sys.argv[2], sys.argv[2:])`;
  const port = await freePort();
  const server = await startServer();
  const command = ['-c', script, String(port), process.execPath, `${projectRoot}/dist/bundle/main.js`, 'serve'];
  const { dataDir } = server;
  await server.stop({ keep: true });
  const env = { PATH: process.env.PATH, DATA_DIR: dataDir, PORT: '1', LOG_LEVEL: 'warn' };
  const child = spawn('python3', command, { env, cwd: dataDir, stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  expect(await asked(port)).toEqual(['200', '200']);
  child.kill('SIGTERM');
  await once(child, 'exit');
  await server.stop();
});

test('child_process keeps no address, and the start says so', async () => {
  const server = await startServer({ LAUNCHER: 'child_process' });
  expect(server.said()).toContain('the address of the server is kept by nobody');
  await server.stop();
});
