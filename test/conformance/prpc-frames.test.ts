// A session of pRPC as pRouter and pAgent themselves have spoken it, frame by frame: once this server is the router, once the agent.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode, encode } from '@msgpack/msgpack';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { agentToken, awaitAgent, tokenOf } from '../support/agents.js';
import { newJob, remove, start, upload } from '../support/jobs.js';
import { projectRoot, startServer, type TestServer } from '../support/server.js';

type Frames = [side: 'router' | 'agent', hex: string][];
// biome-ignore lint/suspicious/noExplicitAny: messages are lists of every shape
type Message = any[];
type Recorded = Record<'pAgent' | 'pRouter', Frames>;

const recorded: Recorded = JSON.parse(readFileSync(join(projectRoot, 'test/fixtures/prpc-session.json'), 'utf8'));
const recordedUid = '0123456789abcdef0123456789abcdef';
const handshakeId = 1;
const [call, result] = [2, 7];

const read = (hex: string): Message => decode(Buffer.from(hex, 'hex')) as Message;
const write = (message: Message): Buffer => Buffer.from(encode(message));

/** What one side has sent of the call with this id. */
const framesOf = (frames: Frames, from: string, id: number): string[] =>
  frames.filter(([side, hex]) => side === from && read(hex)[1] === id).map(([, hex]) => hex);

/** The call by its method, the last of that name. */
function idOf(frames: Frames, method: string): number {
  return frames.map(([, hex]) => read(hex)).findLast((message) => message[0] === call && message[3] === method)?.[1];
}

async function connect(server: TestServer): Promise<WebSocket> {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/rpc/v1`, 'v1.prpc.datadvance');
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return socket;
}

describe('what pAgent has answered to its router', () => {
  const frames = recorded.pAgent;
  const heard: string[] = [];
  let router: TestServer;
  let agent: WebSocket;
  let job: string;

  /** Answers a call as pAgent did, as soon as the whole call has arrived. */
  const answer = (id: number) => {
    const whole = framesOf(frames, 'router', id).length === heard.filter((hex) => read(hex)[1] === id).length;
    if (whole) for (const hex of framesOf(frames, 'agent', id)) agent.send(Buffer.from(hex, 'hex'));
  };
  const said = (method: string) => heard.filter((hex) => read(hex)[1] === idOf(frames, method));
  const get = (path: string) => router.send({ path: `${job}/${path}` });

  beforeAll(async () => {
    router = await startServer({ AGENT_TOKENS: agentToken });
    agent = await connect(router);
    agent.on('message', (data: Buffer) => {
      heard.push(data.toString('hex'));
      answer(read(heard.at(-1) as string)[1]);
    });
    const [handshake] = framesOf(frames, 'agent', handshakeId).map(read);
    handshake[2][2].auth.token = agentToken;
    agent.send(write(handshake));
    await awaitAgent(router, 'far');
    job = await newJob(router, { agent: { type: 'uid', uid: 'far' }, name: 'a recorded job' });
  });
  afterAll(async () => {
    agent.close();
    await router.stop();
  });

  test('is understood, and the calls for it are the same bytes', async () => {
    expect(job.endsWith(`/${recordedUid}`)).toBe(true);
    const content = read(framesOf(frames, 'router', idOf(frames, 'file_upload'))[1])[2];
    expect((await upload(router, job, 'program.py', Buffer.from(content))).status).toBe(200);
    const started = await start(router, job, ['python3', 'program.py'], { env: { COLOUR: 'blue' } });
    expect(started.json).toMatchObject({ state: 'RUNNING', path: job, agent: { properties: { gpu: '2' } } });
    expect((await get('info')).json).toEqual(started.json);
    expect((await get('file/said')).text).toBe('here');
    expect((await get('file/missing')).json).toMatchObject({ status: 404, code: 'not_found' });
    const headers = { testheader: 'in', 'content-type': 'text/plain' };
    const spoken = await router.send({ method: 'POST', path: `${job}/http/say?x=1&x=2`, headers, body: Buffer.from('hello') });
    expect([spoken.status, spoken.text, spoken.headers.server]).toEqual([201, 'olleh', 'BaseHTTP/0.6 Python/3.11.7']);
    expect((await remove(router, job)).state).toBe('RUNNING');
    for (const method of ['job_create', 'file_upload', 'job_start', 'job_info', 'file_download', 'job_remove'])
      expect([method, ...said(method)]).toEqual([method, ...framesOf(frames, 'router', idOf(frames, method))]);
  });

  test('led to the same request to the program, except for the address of this server', () => {
    const [ours, ...body] = said('http_request');
    const [theirs, ...recordedBody] = framesOf(frames, 'router', idOf(frames, 'http_request'));
    expect(body).toEqual(recordedBody);
    const split = (hex: string) => {
      const [kind, id, type, method, [uid, verb, path, query, headers], kwargs] = read(hex);
      return [[kind, id, type, method, uid, verb, path, query, kwargs], headers.map(([name]: string[]) => name)];
    };
    expect(split(ours)).toEqual(split(theirs));
  });
});

test('what pRouter asked of its agent gets the same answers', async () => {
  const frames = recorded.pRouter;
  const agent = await startServer({ AGENT_UID: 'far', AGENT_PROPERTIES: 'gpu=2' });
  const router = await connect(agent);
  const answers: Message[] = [];
  router.on('message', (data: Buffer) => answers.push(decode(data) as Message));
  const of = (id: number) => answers.filter((message) => message[1] === id);
  let uid = recordedUid;

  /** The job here has another uid, and the token is of here. */
  const placed = async (hex: string): Promise<Message> => {
    const message = read(hex);
    if (message[1] === handshakeId) message[2][2].auth.token = await tokenOf(agent);
    else if (message[0] === call) message[4] = message[4].map((value: unknown) => (value === recordedUid ? uid : value));
    return message;
  };
  /** What the machine alone decides is left out: the time, and the trace and words of an error. */
  const comparable = ([kind, id, value, ...more]: Message): Message => {
    if (kind !== result) return [kind, id, Array.isArray(value) ? value.filter(([name]) => name !== 'Date' && name !== 'Server') : value];
    const text = JSON.stringify(value === null ? null : decode(value)).replaceAll(uid, recordedUid);
    return [kind, id, JSON.parse(text), more[0], more[1]?.[1]];
  };

  const ids = new Set(frames.map(([, hex]) => read(hex)[1]));
  for (const id of ids) {
    for (const hex of framesOf(frames, 'router', id)) router.send(write(await placed(hex)));
    const expected = framesOf(frames, 'agent', id).map(read);
    await expect.poll(() => of(id).length, { timeout: 20_000, message: JSON.stringify(expected) }).toBe(expected.length);
    if (id === handshakeId) {
      const [[, , [version, , who], status]] = of(id);
      expect([version, who.auth.uid, who.properties, status]).toEqual([1, 'far', { gpu: '2' }, 0]);
    } else {
      if (id === idOf(frames, 'job_create')) uid = (decode(of(id)[0][2]) as { uid: string }).uid;
      expect(of(id).map(comparable)).toEqual(expected.map(comparable));
    }
  }
  expect(ids.size).toBe(10);
  router.close();
  await agent.stop();
});
