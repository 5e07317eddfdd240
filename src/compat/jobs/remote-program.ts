// HTTP and WebSocket to the program of a job on another machine: through its agent, streamed both ways.
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { disconnectSignal, whenAborted } from '../../http/client-disconnect.js';
import type { Reply, Request } from '../../http/request.js';
import { headAtOnce } from '../../http/send-bytes.js';
import { wantsUpgrade } from '../../http/upgrade.js';
import { webSocketOf } from '../../http/web-socket.js';
import { CodedError } from '../../model/coded-error.js';
import { headersForCaller, headersForProgram } from '../../proxy/forwarded-headers.js';
import type { Call } from '../../prpc/call.js';
import { join, largestMessageBytes, ofLine, ofStream } from './messages.js';
import { programAddress } from './program-address.js';
import { remoteError } from './remote-errors.js';
import { remoteResponse } from './remote-response.js';
import { bodyOf } from './remote-transfers.js';

/** Calls the program of a job; the caller must end the call. */
export type ProgramCall = (method: 'http_request' | 'ws_connect', ...args: unknown[]) => Call;

/** Answers with what the program answers. Throws port_gone, port_not_ready, upgrade_refused, agent_failed. */
export async function forwardToAgent(request: Request, reply: Reply, callProgram: ProgramCall): Promise<void> {
  const { prefix, path, query } = programAddress(request, 'http');
  const headers = pairsOf(headersForProgram(request, prefix));
  if (wantsUpgrade(request)) return joinSocket(request, reply, () => callProgram('ws_connect', path, query, headers));
  const call = callProgram('http_request', request.method, path, query, headers);
  whenAborted(disconnectSignal(reply), () => call.cancel());
  void sendBody(request, call);
  const { status, headers: theirs } = await remoteResponse(call, request.method);
  headAtOnce(reply);
  const ours = reply.getHeaders() as OutgoingHttpHeaders;
  const place = { prefix, hosts: [String(request.headers.host).toLowerCase()] };
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
  const connection = await accept();
  if (connection) await join(ofLine(connection), ofStream(call.stream));
  call.cancel();
}

/** Resolves when the program has opened the WebSocket. */
export async function openedByProgram(call: Call): Promise<void> {
  const opened = await call.first().catch(remoteError);
  if (opened === true) return;
  await call.result.catch(remoteError).catch((error: CodedError) => {
    throw opened === false && error.code === 'agent_failed' ? new CodedError('upgrade_refused', error.message) : error;
  });
  throw new CodedError('upgrade_refused', 'the program has not opened the WebSocket');
}

/** An empty item is the end of the body: the stream itself ends both ways at once. */
async function sendBody({ raw }: Request, { stream }: Call): Promise<void> {
  try {
    for await (const chunk of raw) if (!(await stream.send(chunk))) return;
    await stream.send(Buffer.alloc(0));
  } catch {
    // a client that breaks off its body closes the answer, too, which cancels the call
  }
}

/** Leaves out the framing header: the agent frames the body itself, and an agent of pRouter refuses a request with this header. */
function pairsOf({ 'transfer-encoding': _framing, ...headers }: IncomingHttpHeaders): [string, string][] {
  return Object.entries(headers).flatMap(([name, value = []]) => [value].flat().map((one): [string, string] => [name, one]));
}
