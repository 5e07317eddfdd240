// Where a server listens, and what becomes of its address and its connections when it ends and the next one begins.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { asked, end, portOf } from '../support/addresses.js';
import { freePort } from '../support/free-port.js';
import { failure, shell } from '../support/programs.js';
import { crash, next, running, until } from '../support/restarts.js';
import { projectRoot, startServer } from '../support/server.js';

describe('TERM', { timeout: 60_000 }, () => {
  test('frees the address at once where no run is running, and so does Ctrl-C where one is', async () => {
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

  test('lets an idle connection have the answer to its next request, and closes it then', async () => {
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

  test('closes an idle connection after the grace', async () => {
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

  test('lets an answer in progress be completed within the grace', async () => {
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

  test('says which launcher keeps an address that it cannot have', async () => {
    const first = await startServer();
    const run = await running(first, shell('sleep 60'));
    await crash(first);
    const refused = await startServer({ PORT: String(portOf(first)) }).catch((error: Error) => error.message);
    expect(refused).toContain(
      `EADDRINUSE: address already in use 127.0.0.1:${portOf(first)}: the launcher of ${first.dataDir} keeps the address`,
    );
    expect(refused).not.toContain('Warning');
    const second = await next(first);
    await end(second, run);
  });
});

test('a server with HOST=0.0.0.0 listens on every address of IPv6, too', async () => {
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

test('the sockets of a service manager are used (LISTEN_FDS)', async () => {
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
  const command = ['-c', script, String(port), process.execPath, `${projectRoot}/dist/bundle/main.js`, 'server', 'serve'];
  const { dataDir } = server;
  await server.stop({ keep: true });
  const env = { PATH: process.env.PATH, DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'warn' };
  const child = spawn('python3', command, { env, cwd: dataDir, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  expect(await asked(port)).toEqual(['200', '200']);
  child.kill('SIGTERM');
  await once(child, 'exit');
  await server.stop();
});

test('the launcher child_process keeps no address, and the start says so', async () => {
  const server = await startServer({ LAUNCHER: 'child_process' });
  expect(server.said()).toContain('the address of the server is not reserved');
  await server.stop();
});
