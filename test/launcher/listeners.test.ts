// The listener socket of the launcher: what it keeps of the server's listening sockets, for how long, and from whom.
import { execFileSync, spawn } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  connectListenerSocket,
  giveListeners,
  listenerMessage,
  listenerSocketOf,
  takeListeners,
} from '../../src/worker/listener-socket.js';
import { freePort } from '../support/free-port.js';
import { initOf } from '../support/processes.js';
import { projectRoot } from '../support/server.js';
import { sanitizedLauncher, shell, until } from './sanitized.js';

const helper = join(projectRoot, 'dist/launcher/procreg-listen');
const { root, server, pid } = sanitizedLauncher();

/** A launcher that keeps a socket of this test, which the test has closed. */
async function kept(waitMs = 200) {
  const runsRoot = root();
  const launcher = server(runsRoot);
  await launcher.connect();
  const place = { helper, runsRoot };
  const socketName = listenerSocketOf(launcher.pid!);
  const line = (await connectListenerSocket(runsRoot, socketName)) as Socket;
  line.write(listenerMessage('serve', waitMs));
  // by its number: see Listening
  const port = await freePort();
  const listener = await listening(port);
  await giveListeners(place, socketName, [listener]);
  listener.close();
  return { runsRoot, launcher, place, socketName, line, port };
}

function listening(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const made = createServer();
    made.once('error', reject).listen(port, '127.0.0.1', () => resolve(made));
  });
}

/** What a client is told: `accepted`, or the code of the refusal. */
function asClient(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve('accepted')).once('error', ({ code }: NodeJS.ErrnoException) => resolve(code ?? ''));
    socket.once('close', () => socket.destroy());
  });
}

/** The result of a program that tries to listen at the address, with every socket option. */
function asSquatter(port: number): string {
  const script = `
import socket, sys
for options in ([], [2], [15], [2, 15]):
  s = socket.socket()
  for option in options: s.setsockopt(1, option, 1)
  try: s.bind(('127.0.0.1', ${port})); s.listen(1); print('bound'); sys.exit()
  except OSError as error: pass
print('refused')`;
  return execFileSync('python3', ['-c', script], { encoding: 'utf8' }).trim();
}

test('a message is 16 bytes, which no version may change', () => {
  expect(listenerMessage('take')).toBe('PRL1T00000000000');
  expect(listenerMessage('give')).toBe('PRL1G00000000000');
  expect(listenerMessage('serve', 5000)).toBe('PRL1S00000005000');
  expect(listenerMessage('mind', 4_194_304)).toBe('PRL1P00004194304');
  expect(listenerMessage('serve', 1e15)).toBe('PRL1S99999999999');
});

describe('without a run', () => {
  test('clients wait for as long as the server has named, and then the address is free', async () => {
    const { line, port, launcher } = await kept(3000);
    launcher.close();
    line.end();
    expect(await asClient(port)).toBe('accepted');
    expect(asSquatter(port)).toBe('refused');
    await expect.poll(() => asClient(port), { timeout: 10_000 }).toBe('ECONNREFUSED');
    (await listening(port)).close();
  });

  test('a server that names 0, or hands over no socket, leaves a free address', async () => {
    for (const word of [listenerMessage('serve', 0), listenerMessage('give')]) {
      const { line, port } = await kept(60_000);
      line.end(word);
      await expect.poll(() => asClient(port)).toBe('ECONNREFUSED');
      (await listening(port)).close();
    }
  });

  test('the next server gets the sockets of the one before it, with the clients that wait there', async () => {
    const { line, port, socketName, place } = await kept(5000);
    line.end();
    const answer = new Promise<string>((resolve) => connect(port, '127.0.0.1').once('data', (bytes) => resolve(String(bytes))));
    const found: Server[] = [];
    const successor = createServer((socket) => socket.end('from the next one'));
    await takeListeners(place, socketName, (listener) => {
      found.push(listener);
      successor.listen(listener);
    });
    expect(found).toHaveLength(1);
    expect((successor.address() as AddressInfo).port).toBe(port);
    expect(await answer).toBe('from the next one');
    successor.close();
  });
});

describe('with a run', () => {
  test.each(['process', 'pidns'] as const)(
    'clients are refused after the wait, no program can take the address, and it is free at the end (%s)',
    async (level) => {
      const { launcher, line, port, runsRoot, socketName } = await kept(0);
      const spec = shell('sleep 1.5', { level });
      await launcher.launch(spec);
      line.end();
      await expect.poll(() => asClient(port)).toBe('ECONNREFUSED');
      expect(asSquatter(port)).toBe('refused');
      const next = (await connectListenerSocket(runsRoot, socketName)) as Socket;
      next.write(listenerMessage('serve', 0));
      await expect.poll(() => asClient(port)).toBe('accepted');
      next.end();
      await expect.poll(() => asClient(port)).toBe('ECONNREFUSED');
      expect(asSquatter(port)).toBe('refused');
      launcher.close();
      await expect.poll(() => asSquatter(port), { timeout: 5000 }).toBe('bound');
    },
  );

  test('that the launcher did not start, the address is kept while it lives', async () => {
    const { line, port } = await kept(0);
    const left = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { stdio: 'ignore' });
    line.end(listenerMessage('mind', left.pid));
    await expect.poll(() => asClient(port)).toBe('ECONNREFUSED');
    expect(asSquatter(port)).toBe('refused');
    left.kill('SIGKILL');
    await expect.poll(() => asSquatter(port)).toBe('bound');
  });

  test('neither an init nor a program has the socket', async () => {
    const { launcher, runsRoot, line } = await kept(0);
    const spec = shell('sleep 60', { level: 'pidns' });
    const run = await launcher.launch(spec);
    const socketsOf = (process: number) =>
      readdirSync(`/proc/${process}/fd`)
        .map((fd) => readlinkSync(`/proc/${process}/fd/${fd}`))
        .filter((target) => target.startsWith('socket:'));
    const ours = new Set(socketsOf(pid(runsRoot)!));
    expect(ours.size).toBeGreaterThan(3);
    for (const process of [run.pid, initOf(spec.runId)!]) expect(socketsOf(process).filter((target) => ours.has(target))).toEqual([]);
    run.stop({ graceMs: 0 });
    await run.ended;
    line.end();
  });
});

describe('at the listener socket', () => {
  let socketName: string;
  let runsRoot: string;
  beforeAll(async () => {
    ({ socketName, runsRoot } = await kept());
  });

  test.each(['PRL2S00000000000', 'PRL1X00000000000', 'PRL1S0000000000x', 'PRL1S-0000000001', 'PRL1', '\0'.repeat(16)])(
    '%j ends the connection',
    async (words) => {
      const line = (await connectListenerSocket(runsRoot, socketName)) as Socket;
      line.on('error', () => {}).resume();
      line.write(words);
      let closed = false;
      line.once('close', () => {
        closed = true;
      });
      await until(() => closed);
    },
  );

  test('another user is not let in', () => {
    const script =
      'import socket,sys; s=socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.send(b"PRL1T00000000000"); print(len(s.recv(16)))';
    const uid = 65534;
    let said = '';
    try {
      said = execFileSync('python3', ['-c', script, join(runsRoot, socketName)], {
        uid,
        gid: uid,
        encoding: 'utf8',
        cwd: '/',
        stdio: 'pipe',
      });
    } catch (error) {
      said = String(error);
    }
    expect(said).toMatch(/^0\n$|Permission denied|ConnectionReset|BrokenPipe/);
  });
});
