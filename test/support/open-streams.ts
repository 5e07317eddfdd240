// What a user can have open at a server, each kind as its client sees it: what has come so far, and the end of the connection.
import { request } from 'node:http';
import { newJob, startQuiet } from './jobs.js';
import { startOutside } from './outside.js';
import { defined, shell } from './programs.js';
import { noMessage, webServer } from './proxied.js';
import { idOf, until } from './restarts.js';
import { identity, RpcPeer } from './rpc-peer.js';
import type { TestServer } from './server.js';
import { service } from './services.js';
import { openLine } from './web-socket.js';

export interface Open {
  /** Resolves when the first of an answer has come; of some none comes. */
  begun: Promise<unknown>;
  /** What has come. */
  bytes: () => number;
  /** Resolves when the connection is over, however. */
  over: Promise<unknown>;
}

export interface Caller {
  server: TestServer;
  /** user:password, of an author. */
  login: string;
  /** An access token of that user in place of the password. */
  token?: string;
}

interface Asked {
  method?: string;
  headers?: Record<string, string>;
  /** A body that never ends. */
  uploads?: true;
}

const tick = 'while :; do echo tick; sleep 0.2; done';
const ticking = shell(tick, { timeout: 60 });
const events = { accept: 'text/event-stream' };

const authorizationOf = ({ login, token }: Caller) =>
  token === undefined ? `Basic ${Buffer.from(login).toString('base64')}` : `Bearer ${token}`;

function ask(caller: Caller, path: string, { method = 'GET', headers = {}, uploads }: Asked = {}): Open {
  const sent = { ...headers, authorization: authorizationOf(caller) };
  const asking = request(new URL(path, caller.server.url), { method, headers: sent, agent: false });
  let bytes = 0;
  const begun = new Promise((resolve) =>
    asking.once('response', (answer) => {
      answer.on('data', (chunk) => (bytes += chunk.length)).on('error', () => {});
      resolve(answer);
    }),
  );
  asking.on('error', () => {});
  const over = new Promise((resolve) => asking.once('close', resolve));
  if (uploads) asking.write('the beginning');
  else asking.end();
  return { begun, bytes: () => bytes, over };
}

async function line(caller: Caller, path: string, protocols: string[] = []): Promise<Open> {
  const { frames, closed } = await openLine(caller.server, path, {
    login: '',
    protocols,
    headers: { authorization: authorizationOf(caller) },
  });
  return { begun: Promise.resolve(), bytes: () => frames.reduce((sum, { length }) => sum + length, 0), over: closed };
}

/** The path of a new run of the user's, once it runs. */
export async function runOf({ server, login }: Caller, definition: object = ticking): Promise<string> {
  const path = `${await defined(server, definition, login)}execute/`;
  const { json } = await server.send({ method: 'POST', path, headers: { prefer: 'respond-async' }, login });
  await until(
    async () => (await server.send({ path: json.resource_uri })).json.state,
    (state) => state === 'running',
  );
  return json.resource_uri;
}

async function executed(caller: Caller, query: string, asked: Asked = {}): Promise<Open> {
  const path = await defined(caller.server, ticking, caller.login);
  return ask(caller, `${path}execute/${query}`, { method: 'POST', ...asked });
}

const tickingServer = `
import sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Ticks(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        while self.path != '/':
            self.wfile.write(b'tick')
            time.sleep(0.2)
ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1])), Ticks).serve_forever()`;

/** The path of a run whose program answers. */
async function program(caller: Caller, definition: object): Promise<string> {
  const run = await runOf(caller, definition);
  await until(
    () => caller.server.send({ path: `${run}http/` }),
    ({ status }) => status === 200,
  );
  return run;
}

const ticks = { exec: 'python3', argv: ['-c', tickingServer, '${port}'], ...noMessage };

async function waitedJob(caller: Caller): Promise<Open> {
  const job = await newJob(caller.server, { login: caller.login });
  await startQuiet(caller.server, job, 'sleep 60');
  return ask(caller, `${job}/wait`, { method: 'POST' });
}

export const eventsOf = (caller: Caller, run: string) => ask(caller, `${run}log/?follow=1`, { headers: events });

/** Each opens one. */
export const kindsOfStreams: [string, (caller: Caller) => Promise<Open>][] = [
  ['the events of a run', async (caller) => eventsOf(caller, await runOf(caller))],
  ['the log of a run', async (caller) => ask(caller, `${await runOf(caller)}log/?follow=1`)],
  ['the bytes of a run', async (caller) => ask(caller, `${await runOf(caller)}stdout/`)],
  ['a long poll', async (caller) => ask(caller, `${await runOf(caller)}wait/?timeout=60`)],
  ['a stream of messages', async (caller) => ask(caller, '/api/stream/revoked/', { headers: events })],
  ['the events of all that changes', async (caller) => ask(caller, `/api/event/?-run=${idOf(await runOf(caller))}`)],
  ['the same over a WebSocket', async (caller) => line(caller, `/api/event/?-run=${idOf(await runOf(caller))}`)],
  ['a run that is waited for', (caller) => executed(caller, '')],
  ['an output that is followed', (caller) => executed(caller, '?stream=1')],
  ['a run that is followed by events', (caller) => executed(caller, '', { headers: events })],
  ['a message that is being sent', (caller) => executed(caller, '', { uploads: true })],
  ['what comes out of a service', async (caller) => ask(caller, `${await runOf(caller, service(tick))}messages/`, { headers: events })],
  ['an attached run', async (caller) => line(caller, `${await runOf(caller)}attach/`, ['v5.channel.k8s.io'])],
  [
    'a command that is typed to',
    (caller) => line(caller, `/process_interactive?data=${encodeURIComponent(JSON.stringify({ cmd: ['/bin/sh', '-c', tick] }))}`),
  ],
  ['an answer of a program', async (caller) => ask(caller, `${await program(caller, ticks)}http/ticks`)],
  ['a WebSocket of a program', async (caller) => line(caller, `${await program(caller, webServer)}http/ws_echo`)],
  ['a job that is waited for', waitedJob],
];

/** A job's WebSocket that the server has joined with one elsewhere. */
export async function bridged({ server, login }: Caller, job: string): Promise<Open> {
  const outside = await startOutside();
  const body = { url: outside.url };
  const { status, text } = await server.send({ method: 'POST', path: `${job}/wsconnect/ws_echo`, body, login });
  if (status !== 200) throw new Error(`${status} ${text}`);
  const socket = await outside.met;
  return { begun: Promise.resolve(), bytes: () => 0, over: new Promise((resolve) => socket.once('close', resolve)).finally(outside.close) };
}

/** A router's connection, with an access token. */
export async function routed({ server, token }: Caller): Promise<Open> {
  const peer = await RpcPeer.connect(server.url, identity('a-router', token));
  return { begun: Promise.resolve(), bytes: () => 0, over: peer.closed };
}
