// Requests to the server that was chosen: JSON in and out, or streams; failures as one line with a hint.
import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders, RequestOptions } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { exitCodes, Failure } from '../failure.js';
import type { ChosenServer } from '../profiles/choose-server.js';
import { ownSocket } from '../profiles/server-socket.js';
import { version } from '../version.js';
import { refusal } from './refusal.js';

/** A server that sends nothing for this long is unavailable; streams of events have heartbeats. */
const usualSilenceMs = 60_000;
/** The most bytes of an answer that is kept in memory. */
const answerBytes = 64 * 2 ** 20;

export interface Sent {
  method?: string;
  /** Below the server's URL, with its parameters: `/api/run/?limit=5`. */
  path: string;
  headers?: OutgoingHttpHeaders;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is. */
  body?: Readable | Buffer;
  signal?: AbortSignal;
  /** How long the server may send nothing, where that is longer than usual. */
  silenceMs?: number;
  /** In place of the login of the server; null: none. */
  authorization?: string | null;
}

export interface Received<T> {
  status: number;
  headers: IncomingMessage['headers'];
  /** The length of the body. */
  bytes: number;
  body: T;
}

export class Connection {
  readonly server: ChosenServer;
  #agent?: import('node:http').Agent;

  constructor(server: ChosenServer) {
    this.server = server;
  }

  /** The JSON of the answer; undefined when it is empty. Throws a Failure for every status from 400 on. */
  async json<T = unknown>(sent: Sent): Promise<T> {
    return (await this.receive<T>(sent)).body;
  }

  /** Like json(), with status and headers. */
  async receive<T = unknown>(sent: Sent): Promise<Received<T>> {
    const answer = await this.open(sent);
    const bytes = await bytesOf(answer);
    const body = jsonOf<T>(bytes.toString(), this.server.label);
    return { status: answer.statusCode as number, headers: answer.headers, bytes: bytes.length, body };
  }

  /** The answer as a stream, once its head is there. Throws a Failure for every status from 400 on. */
  async open(sent: Sent): Promise<IncomingMessage> {
    const answer = await this.any(sent);
    if ((answer.statusCode as number) < 300) return answer;
    throw refusal(answer, (await bytesOf(answer)).toString(), this.server);
  }

  /** Like open(), whatever the status is. */
  async any({ method = 'GET', path, json, body, signal, silenceMs, ...more }: Sent): Promise<IncomingMessage> {
    const content = json === undefined ? body : Buffer.from(JSON.stringify(json));
    const headers = this.#headersOf(content, json !== undefined, more);
    const { request, release } = await this.#request({ method, headers, signal, timeout: silenceMs ?? usualSilenceMs }, path);
    try {
      const answer = answerOf(request, this.server.label);
      if (content === undefined || Buffer.isBuffer(content)) request.end(content);
      // an answer that comes before the end of the body ends the sending; the answer says why
      else pipeline(content, request).catch(() => {});
      return await answer;
    } finally {
      release();
    }
  }

  #headersOf(
    content: Sent['body'],
    isJson: boolean,
    { headers, authorization }: Pick<Sent, 'headers' | 'authorization'>,
  ): OutgoingHttpHeaders {
    const login = authorization === undefined ? this.server.authorization : (authorization ?? undefined);
    return {
      'user-agent': `procreg/${version}`,
      accept: 'application/json',
      ...(login && { authorization: login }),
      ...(isJson && { 'content-type': 'application/json' }),
      ...(Buffer.isBuffer(content) && { 'content-length': content.length }),
      ...headers,
    };
  }

  async #request(options: RequestOptions, path: string): Promise<{ request: ClientRequest; release: () => void }> {
    const { url, socketFolder } = this.server;
    const { request, Agent } = url.startsWith('https:') ? await import('node:https') : await import('node:http');
    this.#agent ??= new Agent({ keepAlive: true });
    const socket = socketFolder === undefined ? undefined : ownSocket(socketFolder);
    const sent = request(`${url}${path}`, { ...options, agent: this.#agent, socketPath: socket?.path });
    sent.once('timeout', () => sent.destroy(new Error(`no answer within ${(options.timeout ?? 0) / 1000} s`)));
    return { request: sent, release: () => socket?.release() };
  }
}

function answerOf(request: ClientRequest, label: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    // a body that fails by itself says why
    const asIs = (error: Error) => error.name === 'AbortError' || error instanceof Failure;
    request.on('error', (error: NodeJS.ErrnoException) => reject(asIs(error) ? error : unavailable(label, error)));
  });
}

/** The failure of a server that cannot be reached. */
export function unavailable(label: string, error: NodeJS.ErrnoException): Failure {
  const why = error.code === 'ECONNREFUSED' ? 'nothing listens there' : error.message || String(error.code);
  return new Failure(`${label} cannot be reached: ${why}`, { exitCode: exitCodes.unavailable, hint: 'is the server running?' });
}

/** Throws a Failure when the answer is cut, or has more than `bound` bytes. */
export async function bytesOf(answer: IncomingMessage, bound = answerBytes): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of answer) {
      bytes += chunk.length;
      if (bytes > bound) throw new Failure(`the answer has more than ${bound} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`the answer was cut: ${(error as Error).message}`, { exitCode: exitCodes.unavailable });
  }
  return Buffer.concat(chunks);
}

function jsonOf<T>(text: string, label: string): T {
  try {
    return (text === '' ? undefined : JSON.parse(text)) as T;
  } catch {
    throw new Failure(`${label} does not answer as a process-registry server does`, { hint: 'is the URL right?' });
  }
}
