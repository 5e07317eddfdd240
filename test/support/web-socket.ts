// A WebSocket client of the tests: what came, how it ended, or with which status it was refused.
import WebSocket from 'ws';
import { until } from './restarts.js';
import { adminLogin, type TestServer } from './server.js';

export interface Line {
  socket: WebSocket;
  /** The frames so far. */
  frames: Buffer[];
  closed: Promise<{ code: number; reason: string }>;
  /** The client is gone, as when its process is killed. */
  cut: () => void;
}

export interface Asked {
  login?: string;
  protocols?: string[];
  headers?: Record<string, string>;
  /** The certificate that a wss server must have. */
  ca?: string;
}

/** Rejects with `status TEXT` when the answer is not 101. */
export function openLine(
  server: TestServer,
  path: string,
  { login = adminLogin, protocols = [], headers = {}, ca }: Asked = {},
): Promise<Line> {
  const authorization = login ? { authorization: `Basic ${Buffer.from(login).toString('base64')}` } : {};
  const socket = new WebSocket(`${server.url.replace(/^http/, 'ws')}${path}`, protocols, {
    headers: { ...authorization, ...headers },
    ca,
  });
  const frames: Buffer[] = [];
  socket.on('message', (data: Buffer) => frames.push(data));
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() })),
  );
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.once('open', () => resolve({ socket, frames, closed, cut: () => socket.terminate() }));
    socket.once('unexpected-response', (_request, response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.once('end', () => reject(new Error(`${response.statusCode} ${text}`)));
    });
  });
}

/** The status of the answer to a request for a WebSocket. */
export function statusOfLine(server: TestServer, path: string, asked: Asked = {}): Promise<number> {
  return openLine(server, path, asked).then(
    (line) => {
      line.cut();
      return 101;
    },
    (error: Error) => Number.parseInt(error.message, 10),
  );
}

const protocols = ['v5.channel.k8s.io'];

/** Attached to the run with this path, by channels. */
export async function attach(server: TestServer, path: string, { query = '', ...asked }: Asked & { query?: string } = {}) {
  const line = await openLine(server, `${path}attach/${query}`, { protocols, ...asked });
  const on = (channel: number) => Buffer.concat(line.frames.filter(([first]) => first === channel).map((frame) => frame.subarray(1)));
  const say = (channel: number, bytes: Buffer | string) => line.socket.send(Buffer.concat([Buffer.of(channel), Buffer.from(bytes)]));
  const stdout = () => on(1).toString();
  return {
    ...line,
    stdout,
    stderr: () => on(2).toString(),
    status: () => JSON.parse(on(3).toString()),
    type: (text: Buffer | string) => say(0, text),
    resize: (columns: number, rows: number) => say(4, JSON.stringify({ Width: columns, Height: rows })),
    endInput: () => say(255, Buffer.of(0)),
    say,
    /** Waits until this has been written. */
    shows: (text: string | RegExp) => until(stdout, (said) => (typeof text === 'string' ? said.includes(text) : text.test(said))),
  };
}

/** The path of a new run of a command without a definition. */
export async function made(server: TestServer, body: object, login = adminLogin): Promise<string> {
  const { status, text, json } = await server.send({ method: 'POST', path: '/api/run/', login, body });
  if (status !== 201) throw new Error(`${status} ${text}`);
  return json.resource_uri;
}
