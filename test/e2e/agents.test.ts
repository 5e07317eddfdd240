// Connections of routers and agents: who may connect, what each learns of the other, and what is left when one of them is gone.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { agentOf, agentToken, awaitAgent, connectionsOf, tokenOf } from '../support/agents.js';
import { newJob, remove, servingJob, startQuiet } from '../support/jobs.js';
import { runs as isAlive } from '../support/processes.js';
import { crash, next } from '../support/restarts.js';
import { identity, RpcPeer, type Serve } from '../support/rpc-peer.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ AGENT_TOKENS: `${agentToken},second`, CALLBACK_HOSTS: '127.0.0.1' });
});
afterAll(async () => {
  await server.stop();
});

const properties = { gpu: 1 };
const info = (state = 'NEW') => ({ uid: 'j1', name: 'a job', state, sender: { direction: 'CLIENT', uid: 'r', name: 'r' } });
const connectAgent = (uid: string, serve?: Serve, token = agentToken) =>
  RpcPeer.connect(server.url, identity(uid, token, properties), serve);

describe('an agent that connects', () => {
  test('is listed with a token of AGENT_TOKENS, without the token, until it disconnects', async () => {
    const agent = await connectAgent('far', undefined, 'second');
    expect(agent.welcome).toEqual([1, expect.stringMatching(/^[0-9a-f]{32}$/), expect.objectContaining({ auth: expect.anything() })]);
    const connections = await connectionsOf(server);
    expect(connections[1]).toEqual({
      uid: agent.welcome[1],
      mode: 'SERVER',
      peer: { auth: { uid: 'far', name: 'far by name' }, platform: { system: 'Linux', node: 'elsewhere' }, properties },
    });
    expect(JSON.stringify(connections)).not.toContain('second');
    agent.socket.close();
    await awaitAgent(server, 'far', false);
  });

  test.each([
    ['no handshake', null],
    ['no token', identity('far', undefined, properties)],
    ['a wrong token', identity('far', 'wrong', properties)],
    ['an empty token', identity('far', '', properties)],
    ['a token that is not a string', identity('far', 7, properties)],
    ['no uid', identity('', agentToken, properties)],
    ['the uid of this server', identity('local', agentToken, properties)],
    ['no platform', { ...identity('far', agentToken, properties), platform: null }],
  ])('with %s is closed with 1002', async (_what, handshake) => {
    await expect(RpcPeer.connect(server.url, handshake)).rejects.toThrow('closed with 1002');
    expect((await connectionsOf(server)).length).toBe(1);
  });

  test('is refused as long as another agent with its uid is connected', async () => {
    const first = await connectAgent('twin');
    await expect(connectAgent('twin')).rejects.toThrow('closed with 1002');
    first.socket.close();
    await awaitAgent(server, 'twin', false);
    (await connectAgent('twin')).socket.close();
  });

  test('that sends invalid MessagePack or a text message is closed; a plain GET is told to upgrade', async () => {
    const agent = await connectAgent('odd');
    agent.socket.send(Buffer.from([0xc1]));
    expect(await agent.closed).toBe(1002);
    const other = await connectAgent('odd');
    other.write(['a', 'b']);
    expect(await other.closed).toBe(1002);
    expect((await server.send({ path: '/rpc/v1', login: '' })).status).toBe(426);
  });

  test('may call no method of the router', async () => {
    const agent = await connectAgent('curious');
    await expect(agent.ask('job_create', 'x')).rejects.toEqual([
      "method 'job_create' is not found",
      '',
      "method 'job_create' is not found",
      null,
    ]);
    agent.socket.close();
  });

  test('is one of those that can be selected', async () => {
    const agent = await connectAgent('chosen', () => info());
    const choose = (uids: string[]) =>
      server.send({ method: 'POST', path: '/jobs/create', body: { agent: { type: 'select', uids }, name: 'x' } });
    expect((await choose(['ghost', 'chosen'])).json.path).toBe(`/jobs/${agent.welcome[1]}/j1`);
    expect((await choose(['ghost'])).json).toMatchObject({
      status: 404,
      detail: expect.stringContaining("no connected agent with uid 'ghost'"),
    });
    agent.socket.close();
  });

  test('has its failures passed on: a missing job as 404, the others as 502 with their reason', async () => {
    const failing = (name: string, text: string) => Object.assign(new Error(text), { name });
    const agent = await connectAgent('failing', (method) => {
      if (method === 'job_create') return info();
      if (method === 'job_wait') throw failing('JobNotFoundError', "job 'j1' is not found");
      if (method === 'file_download') throw failing('FileNotFoundError', 'no such file');
      if (method === 'job_info') return { nonsense: true };
      throw failing('RuntimeError', 'out of order');
    });
    const job = await newJob(server, { agent: { type: 'uid', uid: 'failing' } });
    const asked = async (method: string, what: string) => (await server.send({ method, path: `${job}/${what}` })).json;
    expect(await asked('POST', 'wait')).toMatchObject({ status: 404, detail: "job 'j1' is not found" });
    expect(await asked('GET', 'file/x')).toMatchObject({ status: 404 });
    expect(await asked('GET', 'archive')).toMatchObject({ status: 502, code: 'agent_failed', detail: 'out of order' });
    expect(await asked('GET', 'info')).toMatchObject({ status: 502, code: 'agent_failed', detail: expect.stringContaining('no job') });
    agent.socket.close();
  });

  test('that disconnects during a call leaves a 502, and its jobs are not found', async () => {
    const agent = await connectAgent('leaving', (method) => (method === 'job_create' ? info() : new Promise(() => {})));
    const job = await newJob(server, { agent: { type: 'uid', uid: 'leaving' } });
    const waiting = ['wait', 'http/'].map((what) => server.send({ method: 'POST', path: `${job}/${what}` }));
    await expect.poll(async () => (await server.send({ path: '/connections' })).status).toBe(200);
    agent.socket.terminate();
    for (const answer of await Promise.all(waiting)) expect(answer.json).toMatchObject({ status: 502, code: 'agent_failed' });
    await awaitAgent(server, 'leaving', false);
    const gone = await server.send({ path: `${job}/info` });
    expect([gone.status, gone.json.detail]).toEqual([404, `connection '${job.split('/')[2]}' is not found`]);
  });

  test('that sends an answer which is not read delays its other jobs for seconds only', { timeout: 30_000 }, async () => {
    const agent = await connectAgent('flooding', async (method, _args, reply) => {
      if (method === 'job_create') return info();
      if (method !== 'file_download') return info('RUNNING');
      reply({ size: 64 * 2 ** 20 });
      for (let sent = 0; sent < 64; sent++) reply(Buffer.alloc(2 ** 20));
      return 64 * 2 ** 20;
    });
    const job = await newJob(server, { agent: { type: 'uid', uid: 'flooding' } });
    const { request } = await import('node:http');
    const unread = request(`${server.url}${job}/file/big`, { auth: 'admin:secret' });
    const answered = new Promise<import('node:http').IncomingMessage>((resolve) => unread.once('response', resolve));
    unread.end();
    const answer = await answered;
    const cut = new Promise((resolve) => answer.once('error', resolve).once('aborted', resolve));
    expect((await server.send({ path: `${job}/info` })).json.state).toBe('RUNNING');
    answer.resume();
    await cut;
    agent.socket.terminate();
  });
});

describe('an agent to which the router connects', () => {
  const create = (agent: object) =>
    server.send({ method: 'POST', path: '/jobs/create', body: { agent: { type: 'address', ...agent }, name: 'x' } });

  test('is a 502 that says so when it is not there or does not take the token', async () => {
    const nobody = await create({ address: '127.0.0.1:1', token: 'x' });
    expect(nobody.json).toMatchObject({ status: 502, code: 'agent_failed', detail: expect.stringContaining('ECONNREFUSED') });
    const refused = await create({ address: server.url.replace('http://', ''), token: 'wrong' });
    expect(refused.json).toMatchObject({ status: 502, code: 'agent_failed', detail: expect.stringContaining('token') });
    expect((await create({ address: 'example.com:80', token: 'x' })).status).toBe(403);
  });

  test('may be this server itself, which acts as the owner of the token', async () => {
    await server.user('author:pw', 'author');
    await server.user('runner:pw', 'runner');
    const address = server.url;
    expect((await create({ address, token: await tokenOf(server, 'runner:pw') })).status).toBe(502);
    const { status, json } = await create({ address, token: await tokenOf(server, 'author:pw') });
    expect([status, json.state]).toEqual([200, 'NEW']);
    const runs = (await server.send({ path: '/api/run/?limit=1&order_by=-created_at', login: 'author:pw' })).json;
    expect(runs.objects[0].id.replaceAll('-', '')).toBe(json.uid);
    await remove(server, json.path);
  });
});

describe('a server that offers itself to a router', () => {
  test('connects again after the router was killed; its jobs of that connection are gone', { timeout: 40_000 }, async () => {
    const router = await startServer({ AGENT_TOKENS: agentToken });
    const far = await startServer(agentOf(router));
    await awaitAgent(router, 'far');
    const agent = { type: 'uid', uid: 'far' };
    const job = await servingJob(router, agent);
    const [run] = (await far.send({ path: '/api/run/?state=running' })).json.objects;
    expect(isAlive(run.pid)).toBe(true);
    const port = new URL(router.url).port;
    await crash(router);
    await expect.poll(() => isAlive(run.pid), { timeout: 5000 }).toBe(false);
    await expect.poll(async () => (await far.send({ path: '/api/run/' })).json.meta.total_count).toBe(0);
    const again = await next(router, { AGENT_TOKENS: agentToken, PORT: port });
    await awaitAgent(again, 'far');
    expect(far.said()).toContain(`the connection to the router ${router.url} is over`);
    expect((await again.send({ path: `${job}/info` })).status).toBe(404);
    await remove(again, await servingJob(again, agent));
    await Promise.all([again.stop(), far.stop()]);
  });

  test('that is killed ends the jobs of its routers at its next start; TERM ends them at once', { timeout: 40_000 }, async () => {
    const router = await startServer({ AGENT_TOKENS: agentToken });
    let far = await startServer(agentOf(router));
    for (const end of ['kill', 'term']) {
      await awaitAgent(router, 'far');
      const job = await newJob(router, { agent: { type: 'uid', uid: 'far' } });
      await startQuiet(router, job, 'sleep 600');
      const own = await newJob(far);
      await startQuiet(far, own, 'sleep 600');
      const pids = (await far.send({ path: '/api/run/?state=running&order_by=created_at' })).json.objects.map(
        ({ pid }: { pid: number }) => pid,
      );
      if (end === 'kill') await crash(far);
      else await far.stop({ keep: true });
      await expect.poll(() => pids.map(isAlive)).toEqual([end === 'kill', true]);
      await awaitAgent(router, 'far', false);
      far = await next(far, agentOf(router));
      await expect.poll(() => pids.map(isAlive), { timeout: 5000 }).toEqual([false, true]);
      await remove(far, own);
    }
    await Promise.all([router.stop(), far.stop()]);
  });

  test('does not start without a token and a user in whose name it acts', async () => {
    await expect(startServer({ ROUTER_URL: 'http://127.0.0.1:1' })).rejects.toThrow('ROUTER_URL requires ROUTER_TOKEN and ROUTER_USER');
    await expect(startServer({ AGENT_PROPERTIES: 'no pair' })).rejects.toThrow('AGENT_PROPERTIES');
  });
});
