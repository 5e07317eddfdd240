// Routers and programs that break the protocol: the agent keeps running, and keeps the files that it has been given whole.
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { agentOf, agentToken, awaitAgent, tokenOf } from '../support/agents.js';
import { newJob, openSocket, servingJob } from '../support/jobs.js';
import { descriptorsOf, memoryBytes } from '../support/processes.js';
import { identity, type RpcCall, RpcPeer } from '../support/rpc-peer.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let router: RpcPeer;
let uid: string;
beforeAll(async () => {
  server = await startServer();
  router = await meet();
  ({ uid } = (await router.ask('job_create', 'files')) as { uid: string });
});
afterAll(async () => {
  router.socket.close();
  await server.stop();
});

const meet = async () => RpcPeer.connect(server.url, identity('router', await tokenOf(server)));

const answering = `
import base64, os, socket, sys, urllib.request
listening = socket.create_server(('127.0.0.1', 0))
told = (os.environ['DA__PAGENT__JOB_ENDPOINT'], os.environ['DA__PAGENT__JOB_ID'], listening.getsockname()[1])
urllib.request.urlopen('%s?job_id=%s&port=%d' % told).read()
while True:
    connection, _ = listening.accept()
    connection.recv(65536)
    connection.sendall(base64.b64decode(sys.argv[1]))
    connection.close()
`;

/** A job whose program answers each connection, whatever it asks, with these bytes. */
async function jobThatAnswers(...answer: (Buffer | string)[]): Promise<string> {
  const made = (await router.ask('job_create', 'program')) as { uid: string };
  const bytes = Buffer.concat(answer.map((part) => Buffer.from(part as string)));
  await router.ask('job_start', made.uid, ['python3', '-c', answering, bytes.toString('base64')], {});
  return made.uid;
}

const request = (job: string, method: string, path: string, headers: [string, string][] = [], body: unknown[] = []): RpcCall => {
  const call = router.call(50, 'http_request', job, method, path, [], headers);
  for (const item of [...body, Buffer.alloc(0)]) call.send(item);
  return call;
};

describe('a body', () => {
  test('of text instead of bytes is an error of that call alone', async () => {
    const job = (await servingJob(server)).split('/')[3];
    await expect(request(job, 'POST', '/x', [], ['text']).result).rejects.toContain('invalid_request');
    expect((await server.send({ path: '/info' })).status).toBe(200);
  });

  test('of unknown length reaches the program with every method', async () => {
    const job = (await servingJob(server)).split('/')[3];
    for (const method of ['POST', 'GET', 'DELETE']) {
      const call = request(job, method, '/told', [['Transfer-Encoding', 'chunked']], [Buffer.from('he'), Buffer.from('llo')]);
      await call.result;
      const told = JSON.parse(Buffer.concat(call.items.slice(2) as Buffer[]).toString());
      expect([told.method, told.body]).toEqual([method, 'hello']);
    }
  });
});

describe('an answer', () => {
  const head = 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n';

  test('that breaks off in its compressed data breaks off for the router, too', async () => {
    const call = request(await jobThatAnswers(`${head}Content-Length: 5000\r\n\r\n`, gzipSync('x').subarray(0, 8)), 'GET', '/');
    await expect(call.result).rejects.toBeInstanceOf(Array);
    expect(call.items[0]).toBe(200);
  });

  test.each(['HEAD', 'GET'])('without a body has nothing to decode: %s', async (method) => {
    const status = method === 'GET' ? head.replace('200 OK', '304 Not Modified') : head;
    const call = request(await jobThatAnswers(status, '\r\n'), method, '/');
    await call.result;
    expect(call.items).toHaveLength(2);
  });

  test('with 101 to a request without an upgrade is a failure', async () => {
    const job = await jobThatAnswers('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n');
    await expect(request(job, 'GET', '/').result).rejects.toContainEqual(expect.stringContaining('does not fit the request'));
  });
});

describe('a call that is cancelled', () => {
  test('before its file has arrived stores no part of it', async () => {
    for (let index = 0; index < 10; index++) {
      const call = router.call(40, 'file_upload', uid, `part-${index}`);
      call.send(Buffer.from('part'));
      call.cancel();
    }
    for (let index = 0; index < 10; index++)
      await expect(router.call(30, 'file_download', uid, `part-${index}`).result).rejects.toContain('JobNotFoundError');
  });

  test('before its file has been sent does not remove it', async () => {
    const put = router.call(40, 'file_upload', uid, 'large');
    for (let sent = 0; sent < 160; sent++) put.send(Buffer.alloc(65_536));
    put.end();
    await put.result;
    router.call(30, 'file_download', uid, 'large', null, true).cancel();
    expect(await router.call(30, 'file_download', uid, 'large').result).toBe(160 * 65_536);
  });
});

test('a file may have any name', async () => {
  const put = router.call(40, 'file_upload', uid, 'constructor');
  put.send(Buffer.from('built'));
  put.end();
  await put.result;
  const call = router.call(30, 'file_download', uid, 'constructor');
  expect([await call.result, Buffer.concat(call.items.slice(1) as Buffer[]).toString()]).toEqual([5, 'built']);
});

test('calls without an end are bounded', { timeout: 40_000 }, async () => {
  const greedy = await meet();
  const made = (await greedy.ask('job_create', 'x')) as { uid: string };
  await greedy.ask('job_start', made.uid, ['sleep', '600'], {}, null, 0);
  const waits = Array.from({ length: 1100 }, () => greedy.ask('job_wait', made.uid));
  const refused = await Promise.race(waits.map((wait) => wait.catch((why) => why)));
  expect(refused).toEqual(['the limit of 1000 unanswered calls is reached', null, null, null]);
  greedy.socket.terminate();
});

test('connections that begin calls and disconnect leave nothing', { timeout: 60_000 }, async () => {
  const token = await tokenOf(server);
  const { total_count: before } = (await server.send({ path: '/api/run/' })).json.meta;
  const comeAndGo = async () => {
    const peer = await RpcPeer.connect(server.url, identity('router', token));
    const made = (await peer.ask('job_create', 'x')) as { uid: string };
    peer.call(40, 'file_upload', made.uid, 'x').send(Buffer.alloc(1000));
    void peer.ask('job_wait', made.uid).catch(() => {});
    void peer.ask('job_start', made.uid, ['sleep', '600'], {}, null, 0).catch(() => {});
    peer.socket.terminate();
  };
  for (let round = 0; round < 5; round++) await comeAndGo();
  await expect.poll(async () => (await server.send({ path: '/api/run/' })).json.meta.total_count, { timeout: 10_000 }).toBe(before);
  const [descriptors, memory] = [descriptorsOf(server.pid as number), memoryBytes(server.pid as number, 'VmRSS')];
  for (let round = 0; round < 200; round++) await comeAndGo();
  await expect.poll(async () => (await server.send({ path: '/api/run/' })).json.meta.total_count, { timeout: 20_000 }).toBe(before);
  await expect.poll(() => descriptorsOf(server.pid as number), { timeout: 10_000 }).toBeLessThan(descriptors + 10);
  expect(memoryBytes(server.pid as number, 'VmRSS') - memory).toBeLessThan(100 * 2 ** 20);
});

test('a message that is too large for a WebSocket ends that one, and not the other jobs of its agent', { timeout: 30_000 }, async () => {
  const main = await startServer({ AGENT_TOKENS: agentToken });
  const far = await startServer(agentOf(main));
  await awaitAgent(main, 'far');
  const other = await newJob(main, { agent: { type: 'uid', uid: 'far' } });
  const job = await servingJob(main, { type: 'uid', uid: 'far' });
  const heard = async (bytes: number) => (await openSocket(main, `${job}/http/ws_large?bytes=${bytes}`)).heard;
  expect((await heard(4 * 2 ** 20 - 64)).map(({ length }) => length)).toEqual([4 * 2 ** 20 - 64]);
  expect(await heard(16 * 2 ** 20 + 4_090)).toEqual([]);
  expect((await main.send({ path: `${other}/info` })).status).toBe(200);
  await Promise.all([main.stop(), far.stop()]);
});

test('a wrong handshake for a WebSocket opens none at the program', async () => {
  const main = await startServer({ CALLBACK_HOSTS: '127.0.0.1' });
  const agent = { type: 'address', address: server.url, token: await tokenOf(server) };
  const job = await servingJob(main, agent);
  const { port } = new URL(main.url);
  const before = descriptorsOf(server.pid as number);
  for (let round = 0; round < 20; round++) {
    const socket = connect(Number(port), '127.0.0.1');
    const headers = 'Host: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 12\r\nSec-WebSocket-Key: x\r\n';
    socket.write(
      `GET ${job}/http/ws_echo HTTP/1.1\r\n${headers}Authorization: Basic ${Buffer.from('admin:secret').toString('base64')}\r\n\r\n`,
    );
    expect(String(await new Promise((resolve) => socket.once('data', resolve)))).toContain(' 400 ');
    socket.destroy();
  }
  expect(descriptorsOf(server.pid as number)).toBeLessThan(before + 5);
  await main.stop();
});
