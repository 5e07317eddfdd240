// Connects a router to the program of a job on this server: HTTP and WebSocket, as items of a call.
import type { ClientRequest, IncomingMessage } from 'node:http';
import { pipeline, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { whenAborted } from '../../http/client-disconnect.js';
import { CodedError } from '../../model/coded-error.js';
import { hopByHop } from '../../proxy/forwarded-headers.js';
import { RunProxy } from '../../proxy/run-proxy.js';
import { bytesOf } from '../../prpc/call.js';
import type { IncomingCall } from '../../prpc/incoming-calls.js';
import type { RunEntity } from '../../runs/run.entity.js';
import type { Given } from './agent-parameters.js';
import { join, ofLine, ofStream } from './messages.js';
import { type Headers, openProgramLine, openProgramRequest } from './program-client.js';

type Conversation = Given & { call: IncomingCall };

/** Decoders for a body that a program has encoded: pRouter expects decoded bodies. */
const decoders: Record<string, () => Transform> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};
const notForPrograms = [...hopByHop, 'transfer-encoding', 'accept-encoding', 'expect'];
const notForSockets = ['host', 'sec-websocket-key', 'sec-websocket-version', 'sec-websocket-extensions', 'sec-websocket-protocol'];

@Injectable()
export class AgentProgram {
  constructor(private readonly proxy: RunProxy) {}

  /** Takes the body as items until an empty item; sends back status, headers and body of the answer. */
  async request(row: RunEntity, { text, pairs, call }: Conversation): Promise<null> {
    const path = addressOf(text('path'), pairs('query'));
    const asked = { method: text('method'), path, headers: headersOf(pairs('headers'), notForPrograms) };
    const request = openProgramRequest(this.proxy, row, asked);
    whenAborted(call.gone, () => request.destroy());
    const answered = answerTo(request);
    sendBody(request, call).catch((error) => request.destroy(error));
    const answer = await answered;
    const decoder = decoderOf(answer, asked.method);
    await call.stream.send(answer.statusCode as number);
    await call.stream.send(headerPairs(answer, decoder !== undefined));
    const body = decoder ? pipeline(answer, decoder(), () => {}) : answer;
    for await (const chunk of body) if (!(await call.stream.send(chunk))) break;
    request.destroy();
    return null;
  }

  /** Sends true once the program has opened its WebSocket, and then passes messages on until one side ends. */
  async connect(row: RunEntity, { text, pairs, call }: Conversation): Promise<null> {
    const headers = headersOf(pairs('headers'), [...notForPrograms, ...notForSockets]);
    for (const name of Object.keys(headers)) if (name.startsWith('content')) delete headers[name];
    const protocols = pairs('headers').find(([name]) => name.toLowerCase() === 'sec-websocket-protocol')?.[1];
    const path = addressOf(text('path'), pairs('query'));
    const connection = await openProgramLine(this.proxy, row, { path, headers, protocols }).catch(async (error: Error) => {
      await call.stream.send(false);
      throw error instanceof CodedError
        ? error
        : new CodedError('upgrade_refused', `the program has not opened the WebSocket: ${error.message}`);
    });
    await call.stream.send(true);
    await join(ofLine(connection), ofStream(call.stream));
    return null;
  }
}

/** The address of the request; `path` is decoded. */
function addressOf(path: string, query: [string, string][]): string {
  const encoded = encodeURI(path).replace(/[?#]/g, encodeURIComponent);
  if (!encoded.startsWith('/')) throw new CodedError('invalid_request', `the path ${JSON.stringify(path)} does not begin with a slash`);
  return query.length > 0 ? `${encoded}?${new URLSearchParams(query)}` : encoded;
}

function headersOf(pairs: [string, string][], without: string[]): Headers {
  const headers: Headers = Object.create(null);
  for (const [name, value] of pairs) {
    const key = name.toLowerCase();
    if (!without.includes(key)) headers[key] = key in headers ? [headers[key], value].flat() : value;
  }
  return headers;
}

function answerTo(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const notAnswered = (why: string) => reject(new CodedError('port_gone', `the program of the job has not answered: ${why}`));
    request.once('response', resolve);
    request.on('error', (error: NodeJS.ErrnoException) =>
      error instanceof CodedError ? reject(error) : notAnswered(error.code ?? error.message),
    );
    // an answer that does not fit this request, such as 101, raises no response event
    request.once('close', () => notAnswered('its answer does not fit the request'));
  });
}

async function sendBody(request: ClientRequest, { stream }: IncomingCall): Promise<void> {
  for await (const item of stream) {
    const chunk = bytesOf(item);
    if (chunk.length === 0 || request.destroyed) break;
    // without this header Node does not frame the body of a GET or DELETE
    if (!request.headersSent && !request.hasHeader('content-length')) request.setHeader('transfer-encoding', 'chunked');
    if (!request.write(chunk)) await new Promise((resolve) => request.once('drain', resolve).once('close', resolve));
  }
  request.end();
}

/** The decoder for an answer; undefined for an answer without a body or encoding. */
function decoderOf({ headers, statusCode }: IncomingMessage, method: string): (() => Transform) | undefined {
  const encoding = String(headers['content-encoding'] ?? '').toLowerCase();
  return method === 'HEAD' || statusCode === 204 || statusCode === 304 || !Object.hasOwn(decoders, encoding)
    ? undefined
    : decoders[encoding];
}

function headerPairs({ rawHeaders }: IncomingMessage, decoded: boolean): [string, string][] {
  const pairs: [string, string][] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) pairs.push([rawHeaders[at], rawHeaders[at + 1]]);
  return decoded ? pairs.filter(([name]) => !/^content-(encoding|length)$/i.test(name)) : pairs;
}
