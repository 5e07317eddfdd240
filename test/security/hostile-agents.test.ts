// Agents that lie: anyone who has one of AGENT_TOKENS, or is connected to, must not end the router or other connections, or forge answers.
import { connect } from 'node:net';
import { decode, encode } from '@msgpack/msgpack';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { agentToken, connectionsOf } from '../support/agents.js';
import { newJob, openSocket, upload } from '../support/jobs.js';
import { memoryBytes } from '../support/processes.js';
import { identity, RpcPeer, type Serve } from '../support/rpc-peer.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ AGENT_TOKENS: agentToken, CALLBACK_HOSTS: '127.0.0.1' });
});
afterAll(async () => {
  await server.stop();
});

const info = { uid: 'j1', name: 'a job', state: 'NEW', sender: {} };
let agents = 0;

/** A new agent, and the path of a job on it; `serve` answers all its other calls. */
async function hostile(serve: Serve): Promise<{ agent: RpcPeer; job: string }> {
  const uid = `hostile-${++agents}`;
  const answer: Serve = (method, args, reply) => (method === 'job_create' ? info : serve(method, args, reply));
  const agent = await RpcPeer.connect(server.url, identity(uid, agentToken, {}), answer);
  return { agent, job: await newJob(server, { agent: { type: 'uid', uid } }) };
}

const get = (path: string) => server.send({ path });

/** An agent that answers each call with these items. */
const sends = (...items: unknown[]) =>
  hostile((_method, _args, reply) => {
    for (const item of items) reply(item);
    return null;
  });

/** All that comes back on a connection until the answer is over. */
function rawAnswer(path: string): Promise<string> {
  const { port } = new URL(server.url);
  const socket = connect(Number(port), '127.0.0.1');
  const authorization = Buffer.from(adminLogin).toString('base64');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Basic ${authorization}\r\n\r\n`);
  let text = '';
  socket.on('data', (data) => (text += data.toString('latin1')));
  return new Promise((resolve) => socket.once('close', () => resolve(text)));
}

describe('a failure at an agent', () => {
  test.each(['constructor', 'toString', '__proto__', 'unauthenticated', 'internal'])('is told as such, also if named %s', async (name) => {
    const { agent, job } = await hostile(() => {
      throw Object.assign(new Error('so it says'), { name });
    });
    const { status, json, headers } = await get(`${job}/info`);
    expect([status, json.code, json.detail, headers['www-authenticate']]).toEqual([502, 'agent_failed', 'so it says', undefined]);
    agent.socket.close();
  });

  test('with a result that cannot be read is answered at once', async () => {
    const { agent, job } = await hostile(() => {
      agent.write([7, 3, Buffer.from([0xc1]), 0, null]);
      return new Promise(() => {});
    });
    expect((await get(`${job}/info`)).status).toBe(502);
  });
});

describe('an answer of the job’s program', () => {
  const lies: [status: unknown, headers: unknown][] = [
    [99, []],
    [101, []],
    [600, []],
    [2 ** 40, []],
    ['200', []],
    [200, [['bad name\r\nx: y', 'v']]],
    [200, [['x', 'a\r\nset-cookie: b']]],
    [200, [['', 'v']]],
    [200, [['x', { toString: 1 }]]],
    [200, [7, null, []]],
  ];
  test.each(lies)('with status %j and headers %j is refused as invalid', async (status, headers) => {
    const { agent, job } = await sends(status, headers, Buffer.from('body'));
    const answer = await get(`${job}/http/`);
    expect([answer.status, answer.json.detail]).toEqual([502, 'the agent has answered with what is no answer']);
    agent.socket.close();
  });

  test.each(['5', '500', 'x'])('that claims the wrong length %s is sent to its real end', async (length) => {
    const { agent, job } = await sends(200, [['Content-Length', length]], Buffer.from('0123456789'));
    const [, body] = (await rawAnswer(`${job}/http/`)).split('\r\n\r\n', 2);
    expect(body).toMatch(/^a\r\n0123456789\r\n0$/);
    agent.socket.close();
  });

  test('over WebSocket, which is neither text nor bytes, ends that WebSocket alone', async () => {
    const { agent, job } = await hostile((method, _args, reply) => {
      if (method !== 'ws_connect') return info;
      reply(true);
      reply({ toString: 1 });
      return new Promise(() => {});
    });
    expect(await (await openSocket(server, `${job}/http/ws`)).heard).toEqual([]);
    expect((await get(`${job}/info`)).status).toBe(200);
    agent.socket.close();
  });
});

describe('a file', () => {
  test.each([
    [{ size: -5 }, 'how large'],
    ['x', 'how large'],
    [{ size: 3 }, 'sent more'],
    [{ size: 300 }, 'sent fewer'],
  ])('announced with %j is refused with the reason', async (head, detail) => {
    const { agent, job } = await sends(head, Buffer.from('0123456789'));
    const answer = await get(`${job}/file/x`);
    expect([answer.status, answer.json.detail]).toEqual([502, expect.stringContaining(detail)]);
    agent.socket.close();
  });
});

test('items that no call takes cost the router no memory, of whatever type they are', { timeout: 40_000 }, async () => {
  const many = Array.from({ length: 1000 }, () => ({ text: 'x'.repeat(1000) }));
  const { agent, job } = await hostile((_method, _args, reply) => {
    for (let sent = 0; sent < 300; sent++) reply(many);
    return new Promise(() => {});
  });
  const before = memoryBytes(server.pid as number, 'VmRSS');
  const asked = get(`${job}/info`);
  await expect.poll(() => agent.socket.bufferedAmount, { timeout: 10_000 }).toBeGreaterThan(0);
  expect((await asked).status).toBe(502);
  expect(memoryBytes(server.pid as number, 'VmRSS') - before).toBeLessThan(100 * 2 ** 20);
  agent.socket.terminate();
});

test('a client without a token cannot make the server read much', async () => {
  const handshake = encode([1, 1, [1, null, { ...identity('x', agentToken, {}), platform: { x: 'x'.repeat(2 ** 20) } }]]);
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/rpc/v1`, ['v1.prpc.datadvance']);
  await new Promise((resolve) => socket.once('open', resolve));
  socket.on('error', () => {}).send(handshake);
  expect([1002, 1006]).toContain(await new Promise((resolve) => socket.once('close', resolve)));
});

test('a hundred silent connections keep no agent out', async () => {
  const url = `${server.url.replace('http', 'ws')}/rpc/v1`;
  const silent = Array.from({ length: 120 }, () => new WebSocket(url, ['v1.prpc.datadvance']).on('error', () => {}));
  await Promise.all(silent.map((socket) => new Promise((resolve) => socket.once('open', resolve))));
  const { agent } = await sends();
  for (const socket of [...silent, agent.socket]) socket.terminate();
});

test('the data of an agent cannot break the list of all agents', async () => {
  const nested = Buffer.concat([Buffer.from([0x91]), Buffer.alloc(20_000, 0x91), Buffer.from([0xc0])]);
  const properties = Buffer.concat([Buffer.from([0x81, 0xa1, 0x61]), nested]);
  const [head, tail] = Buffer.from(encode([1, 1, [1, null, identity('deep', agentToken, { mark: 1 })]]))
    .toString('latin1')
    .split('\x81\xa4mark\x01');
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/rpc/v1`, ['v1.prpc.datadvance']);
  await new Promise((resolve) => socket.once('open', resolve));
  socket.send(Buffer.concat([Buffer.from(head, 'latin1'), properties, Buffer.from(tail, 'latin1')]));
  expect(await new Promise((resolve) => socket.once('close', resolve))).toBe(1002);
  expect((await get('/connections')).status).toBe(200);
});

test('an agent that takes the connection id of the router itself is refused, and its connection is closed', async () => {
  const own = (await connectionsOf(server))[0].uid;
  const dialled = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await new Promise((resolve) => dialled.once('listening', resolve));
  const closed = new Promise((resolve) =>
    dialled.on('connection', (socket) => {
      socket.once('close', resolve);
      socket.once('message', (data) => {
        const [, id] = decode(data as Buffer) as number[];
        socket.send(encode([6, id, [1, own, identity('x', undefined)], 0, null]));
      });
    }),
  );
  const address = `127.0.0.1:${(dialled.address() as { port: number }).port}`;
  const body = { agent: { type: 'address', address, token: 'x' }, name: 'x' };
  expect((await server.send({ method: 'POST', path: '/jobs/create', body })).status).toBe(409);
  await closed;
  dialled.close();
});

test('an upload that the agent refuses half-way is answered with its reason', async () => {
  const { agent, job } = await hostile(() => {
    throw Object.assign(new Error('full'), { name: 'disk_full' });
  });
  expect((await upload(server, job, 'x', Buffer.alloc(20 * 2 ** 20))).status).toBe(507);
  agent.socket.close();
});
