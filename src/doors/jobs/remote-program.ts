// HTTP and WebSocket to the program of a job on another machine: through its agent, streamed both ways.
import { type IncomingHttpHeaders, type OutgoingHttpHeaders, validateHeaderName, validateHeaderValue } from 'node:http';
import { Readable } from 'node:stream';
import { CodedError } from '../../protocol/coded-error.js';
import { goneOf, whenAborted } from '../gone.js';
import { basePath } from '../links.js';
import { headersForCaller, headersForProgram } from '../proxy/forwarded-headers.js';
import type { Call } from '../prpc/call.js';
import type { Item } from '../prpc/message-queue.js';
import { isText } from '../prpc/messages.js';
import type { Reply, Request } from '../request.js';
import { wantsUpgrade } from '../upgrade.js';
import { webSocketOf } from '../web-socket.js';
import { join, largestMessageBytes, ofLine, ofStream } from './messages.js';
import { asCoded } from './remote-agent.js';
import { bodyOf, type RemoteJob } from './remote-job.js';

/** How the body is framed is for each connection to say; an agent of pRouter's decodes it, and leaves the length of the encoded one. */
const framing = ['transfer-encoding', 'content-length', 'connection', 'keep-alive'];
const hasLengthOnly = (method: string, status: number) => method === 'HEAD' || status === 304;

/** Answers with what the program answers. Throws port_gone, port_not_ready, upgrade_refused, agent_failed. */
export async function speakWithProgram(request: Request, reply: Reply, job: RemoteJob): Promise<void> {
  const { prefix, path, query } = programAddress(request, 'http');
  const headers = pairsOf(headersForProgram(request, prefix));
  if (wantsUpgrade(request)) return joinSocket(request, reply, () => job.callProgram('ws_connect', path, query, headers));
  const call = job.callProgram('http_request', request.method, path, query, headers);
  whenAborted(goneOf(reply), () => call.cancel());
  void sendBody(request, call);
  const [status, told] = [await call.first().catch(asCoded), await call.first().catch(asCoded)];
  if (!isStatus(status) || !Array.isArray(told)) throw noAnswer();
  if (status === 502 && told.length === 0) throw new CodedError('port_gone', 'the program of this job has not answered the agent');
  const ours = reply.getHeaders() as OutgoingHttpHeaders;
  const place = { prefix, hosts: [String(request.headers.host).toLowerCase()] };
  const theirs = headersOf(told, hasLengthOnly(request.method, status));
  void reply.code(status).headers(headersForCaller(theirs, ours, place) as Record<string, string>);
  await reply.send(Readable.from(bodyOf(call), { objectMode: false }));
}

/** Answers the call's WebSocket once the program has opened its own. */
async function joinSocket(request: Request, reply: Reply, connect: () => Call): Promise<void> {
  const accept = webSocketOf(request, reply, { frameBytes: largestMessageBytes });
  const call = connect();
  await openedByProgram(call).catch((error: Error) => {
    throw error instanceof CodedError && error.code === 'port_not_ready' ? error : new CodedError('upgrade_refused', error.message);
  });
  const line = await accept();
  if (line) await join(ofLine(line), ofStream(call.stream));
  call.cancel();
}

/** Resolves when the program has opened the WebSocket. */
export async function openedByProgram(call: Call): Promise<void> {
  const opened = await call.first().catch(asCoded);
  if (opened === true) return;
  await call.result.catch(asCoded).catch((error: CodedError) => {
    throw opened === false && error.code === 'agent_failed' ? new CodedError('upgrade_refused', error.message) : error;
  });
  throw new CodedError('upgrade_refused', 'the program has not opened the WebSocket');
}

interface ProgramPath {
  /** What stands before the program's own path. */
  prefix: string;
  /** Decoded, as pRouter hands it on. */
  path: string;
  query: [string, string][];
  /** Path and query. */
  asItCame: string;
}

/** Of `/jobs/AGENT/JOB/WORD/PATH?QUERY`. Throws not_found, and invalid_request for a path that cannot be decoded. */
export function programAddress({ raw: { url = '' } }: Request, word: string): ProgramPath {
  const [, prefix, path, query = ''] = new RegExp(`^(/[^?]*?/${word})(/[^?]*)?(?:\\?(.*))?$`, 's').exec(url) ?? [];
  if (prefix === undefined || (path === undefined && word === 'http'))
    throw new CodedError('not_found', `there is nothing at this address; a program's own begins with ${word}/`);
  const asItCame = url.slice(prefix.length) || '/';
  try {
    return { prefix: basePath() + prefix, path: decodeURIComponent(path ?? '/'), query: [...new URLSearchParams(query)], asItCame };
  } catch {
    throw new CodedError('invalid_request', 'the path is not percent-encoded as it should be');
  }
}

/** An empty item is the end of the body: the stream itself ends both ways at once. */
async function sendBody({ raw }: Request, { stream }: Call): Promise<void> {
  try {
    for await (const chunk of raw) if (!(await stream.send(chunk))) return;
    await stream.send(Buffer.alloc(0));
  } catch {
    // whoever breaks off his body closes the answer too, which cancels the call
  }
}

/** The agent frames the body itself: one of pRouter's refuses to when it is told how as well. */
function pairsOf({ 'transfer-encoding': _framing, ...headers }: IncomingHttpHeaders): [string, string][] {
  return Object.entries(headers).flatMap(([name, value = []]) => [value].flat().map((one): [string, string] => [name, one]));
}

function headersOf(told: Item[], isLengthOnly: boolean): IncomingHttpHeaders {
  const headers: Record<string, string | string[]> = Object.create(null);
  for (const pair of told) {
    const [name, value] = checkedPair(pair);
    const key = name.toLowerCase();
    const isLength = key === 'content-length' && isLengthOnly && /^\d{1,15}$/.test(value);
    if (framing.includes(key) && !isLength) continue;
    if (key === 'set-cookie') headers[key] = [...((headers[key] as string[]) ?? []), value];
    else headers[key] = key in headers ? `${headers[key]}, ${value}` : value;
  }
  return headers;
}

/** Throws agent_failed for what is no header. */
function checkedPair(pair: unknown): [name: string, value: string] {
  try {
    const [name, value] = pair as [string, string];
    validateHeaderName(name);
    validateHeaderValue(name, value);
    if (isText(value)) return [name, value];
  } catch {}
  throw noAnswer();
}

function isStatus(status: unknown): status is number {
  return Number.isInteger(status) && (status as number) >= 200 && (status as number) <= 599;
}

function noAnswer(): CodedError {
  return new CodedError('agent_failed', 'the agent has answered with what is no answer');
}
