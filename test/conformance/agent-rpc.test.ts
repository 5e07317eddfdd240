// pAgent's own tests, message by message: a router has connected to this server and calls what it calls at its agents.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tokenOf } from '../support/agents.js';
import { jobServer } from '../support/jobs.js';
import { runs as isAlive } from '../support/processes.js';
import { identity, type RpcCall, RpcPeer } from '../support/rpc-peer.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let token: string;
let router: RpcPeer;
beforeAll(async () => {
  server = await startServer({ MAX_MESSAGE_BYTES: '32MiB', AGENT_PROPERTIES: 'gpu=2' });
  token = await tokenOf(server);
  router = await RpcPeer.connect(server.url, identity('router', token));
});
afterAll(async () => {
  router.socket.close();
  await server.stop();
});

// biome-ignore lint/suspicious/noExplicitAny: jobs as they are on the wire
const ask = (method: string, ...args: unknown[]): Promise<any> => router.ask(method, ...args);
const upload = (method: string, args: unknown[], bytes: Buffer): Promise<unknown> => {
  const call = router.call(40, method, ...args);
  for (let at = 0; at < bytes.length; at += 65_536) call.send(bytes.subarray(at, at + 65_536));
  call.end();
  return call.result;
};
const bytesIn = (items: unknown[]) => Buffer.concat(items as Uint8Array[]);

/** What a download brings: first its size, then no more and no less than that. */
async function download(method: string, ...args: unknown[]): Promise<Buffer> {
  const call = router.call(30, method, ...args);
  const sent = await call.result;
  const [{ size }, ...pieces] = call.items as [{ size: number }, ...Uint8Array[]];
  expect([sent, bytesIn(pieces).length]).toEqual([size, size]);
  return bytesIn(pieces);
}

const outputOf = async (uid: string, name = '.pagent.stdout') => (await download('file_download', uid, name)).toString();

describe('the handshake', () => {
  const meet = (handshake: unknown) => RpcPeer.connect(server.url, handshake);

  test('answers with the identity, platform and properties of this server', async () => {
    expect(router.welcome).toEqual([
      1,
      expect.stringMatching(/^[0-9a-f]{32}$/),
      {
        auth: { uid: expect.any(String), name: expect.any(String) },
        platform: expect.objectContaining({ system: 'Linux' }),
        properties: { gpu: '2' },
      },
    ]);
  });

  test('without data, with a wrong token, or with the token of a user who may not create jobs is closed with 1002', async () => {
    await server.user('runner:pw', 'runner');
    const shown = [null, identity('r', 'invalid'), identity('r', ''), identity('r', await tokenOf(server, 'runner:pw'))];
    for (const handshake of shown) await expect(meet(handshake)).rejects.toThrow('closed with 1002');
    (await meet(identity('r', token))).socket.close();
  });

  test('counts once: a later one is ignored', async () => {
    const other = await meet(identity('r', token));
    other.write([1, 1, [1, null, identity('r', 'invalid')]]);
    expect(await other.ask('job_count_current_connection')).toBe(0);
    other.socket.close();
  });
});

test('a script runs, its output is the same, and the jobs of the connection are counted', async () => {
  const { uid, name, state, sender, ...more } = await ask('job_create');
  expect([name, state, sender.direction, sender.uid, more]).toEqual(['<unnamed job>', 'NEW', 'SERVER', 'router', {}]);
  expect(await ask('job_count_current_connection')).toBe(1);
  const script = Buffer.from("print('it seems to work', end='')");
  expect(await upload('file_upload', [uid, 'run.py'], script)).toBe(script.length);
  expect((await ask('job_start', uid, ['python3', 'run.py'], null, null, 0, false)).state).toBe('RUNNING');
  expect((await ask('job_wait', uid)).state).toBe('FINISHED');
  expect(await outputOf(uid)).toBe('it seems to work');
  expect((await ask('job_remove', uid)).state).toBe('FINISHED');
  expect(await ask('job_count_current_connection')).toBe(0);
  await expect(ask('job_info', uid)).rejects.toEqual([
    `call 'job_info' failed: job '${uid}' is not found`,
    'JobNotFoundError',
    `job '${uid}' is not found`,
    null,
  ]);
});

test('a job gets the properties as environment variables, overridden by its own, whose names and values may be beyond ASCII', async () => {
  const { uid } = await ask('job_create', 'environment');
  const script = 'import os; e = os.environ; print(e["DA__PAGENT__gpu"], e["имя"], "DA__PAGENT__JOB_ID" in e)';
  await ask('job_start', uid, ['python3', '-X', 'utf8', '-c', script], { имя: 'значение', DA__PAGENT__gpu: 'none' }, null, 0);
  await ask('job_wait', uid);
  expect(await outputOf(uid)).toBe('none значение False\n');
  await ask('job_remove', uid);
});

test('files and archives are uploaded and downloaded', async () => {
  const [one, two] = [await ask('job_create', 'one'), await ask('job_create', 'two')];
  const big = randomBytes(16 * 2 ** 20);
  expect(await upload('file_upload', [one.uid, 'deep/big.py', true], big)).toBe(big.length);
  expect((await download('file_download', one.uid, 'deep/big.py')).equals(big)).toBe(true);
  const tar = await download('archive_download', one.uid, '*.py', 'nested/*', true);
  expect(await upload('archive_upload', [two.uid], tar)).toBe(tar.length);
  expect((await download('file_download', two.uid, 'deep/big.py', 1000, true)).equals(big)).toBe(true);
  for (const name of ['deep/big.py', '../x', '/etc/passwd', '.pagent.stdout'])
    await expect(download('file_download', two.uid, name), name).rejects.toEqual(expect.arrayContaining([null]));
  for (const name of ['../x', '/tmp/x'])
    await expect(upload('file_upload', [two.uid, name], big.subarray(0, 10)), name).rejects.toBeTruthy();
  await Promise.all([one, two].map(({ uid }) => ask('job_remove', uid)));
});

test('an upload that is cancelled leaves no file', async () => {
  const { uid } = await ask('job_create', 'given up');
  const call = router.call(40, 'file_upload', uid, 'half');
  call.send(randomBytes(100_000));
  call.cancel();
  await expect.poll(() => download('file_download', uid, 'half').catch(() => 'none')).toBe('none');
  expect((await ask('job_remove', uid)).state).toBe('NEW');
});

describe('a job that is a server', () => {
  let uid: string;
  beforeAll(async () => {
    ({ uid } = await ask('job_create', 'server'));
    await upload('file_upload', [uid, 'server.py'], jobServer);
    expect((await ask('job_start', uid, ['python3', 'server.py'], {})).state).toBe('RUNNING');
  });

  const request = (...args: unknown[]) => router.call(50, 'http_request', uid, ...args);
  async function answerOf(call: RpcCall) {
    call.send(Buffer.alloc(0));
    expect(await call.result).toBe(null);
    const [status, headers, ...body] = call.items as [number, [string, string][], ...Uint8Array[]];
    return { status, headers: new Map(headers), text: bytesIn(body).toString() };
  }

  test('answers GET requests, with 404 for an unknown path', async () => {
    const { status, headers, text } = await answerOf(request('GET', '/', [], []));
    expect([status, text, [...headers.keys()]]).toEqual([
      200,
      'hello from the job',
      expect.arrayContaining(['Content-Length', 'Date', 'Server']),
    ]);
    expect((await answerOf(request('GET', '/no_such_path', [], []))).status).toBe(404);
    expect((await answerOf(request('GET', '/zipped', [], [['Accept-Encoding', 'gzip']]))).text).toBe('squeezed');
  });

  test('receives 16.4 MB in 1000 pieces', async () => {
    const call = request('POST', '/sink', [], []);
    for (let piece = 0; piece < 1000; piece++) call.send(randomBytes(16_400));
    expect(JSON.parse((await answerOf(call)).text).bytes).toBe(16_400_000);
  });

  test('sees each of the repeated keys of a query, and the path as it is', async () => {
    const query = [
      ['key', 'value'],
      ['repeated', '1'],
      ['repeated', '2'],
      ['equals', 'not=fun'],
    ];
    const { text } = await answerOf(request('GET', '/a b/ü?#', query, [['TestHeader', 'x']]));
    const { path, headers } = JSON.parse(text);
    expect(path).toBe('/a%20b/%C3%BC%3F%23?key=value&repeated=1&repeated=2&equals=not%3Dfun');
    expect(headers.map(([name, value]: string[]) => [name.toLowerCase(), value])).toContainEqual(['testheader', 'x']);
  });

  test('pushes 100 messages, and echoes text as text and bytes as bytes', async () => {
    const pushed = router.call(50, 'ws_connect', uid, '/ws_push', [['n', '100']], []);
    await pushed.result;
    const texts = pushed.items.slice(1).map((item) => (typeof item === 'string' ? item : Buffer.from(item as Uint8Array).toString()));
    expect([pushed.items[0], texts]).toEqual([true, Array.from({ length: 100 }, (_one, index) => `message ${index}`)]);
    const echo = router.call(50, 'ws_connect', uid, '/ws_echo', [], []);
    await expect.poll(() => echo.items).toEqual([true]);
    const bytes = randomBytes(100_000);
    echo.send('ä');
    echo.send(bytes);
    await expect.poll(() => echo.items.length).toBe(3);
    expect([echo.items[1], Buffer.from(echo.items[2] as Uint8Array).equals(bytes)]).toEqual(['ä', true]);
    echo.end();
    expect(await echo.result).toBe(null);
  });

  test('refuses a WebSocket at a path that has none', async () => {
    const call = router.call(50, 'ws_connect', uid, '/plain', [], []);
    await expect(call.result).rejects.toEqual([
      expect.stringContaining('ws_connect'),
      'upgrade_refused',
      expect.stringContaining('400'),
      null,
    ]);
    expect(call.items).toEqual([false]);
  });
});

test('an unknown method or a wrong argument is answered with an error, and the connection stays open', async () => {
  await expect(ask('constructor')).rejects.toEqual(["method 'constructor' is not found", '', "method 'constructor' is not found", null]);
  await expect(ask('job_info')).rejects.toEqual(expect.arrayContaining(['invalid_request']));
  await expect(ask('job_info', 'x', 'y')).rejects.toEqual(expect.arrayContaining(['invalid_request']));
  await expect(ask('job_start', (await ask('job_create', 'x')).uid, 'ls -l', {})).rejects.toEqual(
    expect.arrayContaining(['invalid_request']),
  );
  await expect(ask('job_create', 7)).rejects.toEqual(expect.arrayContaining(['invalid_request']));
});

test('a connection is closed when its token is removed, and its jobs are ended', async () => {
  const { json } = await server.send({ method: 'POST', path: '/api/token/', body: { name: 'to be removed' } });
  const other = await RpcPeer.connect(server.url, identity('other', json.token));
  const { uid } = (await other.ask('job_create', 'sleeper')) as { uid: string };
  await other.ask('job_start', uid, ['sleep', '600'], {}, null, 0);
  const id = [uid.slice(0, 8), uid.slice(8, 12), uid.slice(12, 16), uid.slice(16, 20), uid.slice(20)].join('-');
  const { pid } = (await server.send({ path: `/api/run/${id}/` })).json;
  expect((await server.send({ method: 'DELETE', path: `/api/token/${json.id}/` })).status).toBeLessThan(300);
  await expect(other.ask('job_info', uid)).rejects.toThrow('the connection is over');
  await expect.poll(() => isAlive(pid), { timeout: 5000 }).toBe(false);
  await expect.poll(async () => (await server.send({ path: `/api/run/${id}/` })).status).toBe(404);
});
