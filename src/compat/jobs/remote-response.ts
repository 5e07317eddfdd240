// The answer of a program on another machine, as its agent reports it: status and headers are checked before they are passed on.
import { type IncomingHttpHeaders, validateHeaderName, validateHeaderValue } from 'node:http';
import { CodedError } from '../../model/coded-error.js';
import type { Call } from '../../prpc/call.js';
import type { Item } from '../../prpc/message-queue.js';
import { isText } from '../../prpc/messages.js';
import { remoteError } from './remote-errors.js';

/** Headers that are not passed on: each connection frames the body itself, and an agent of pRouter decodes the body but keeps the encoded length. */
const framing = ['transfer-encoding', 'content-length', 'connection', 'keep-alive'];
const hasLengthOnly = (method: string, status: number) => method === 'HEAD' || status === 304;

export interface RemoteResponse {
  status: number;
  headers: IncomingHttpHeaders;
}

/** Throws port_gone, agent_failed, and the errors of the call. */
export async function remoteResponse(call: Call, method: string): Promise<RemoteResponse> {
  const [status, told] = [await call.first().catch(remoteError), await call.first().catch(remoteError)];
  if (!isStatus(status) || !Array.isArray(told)) throw noAnswer();
  if (status === 502 && told.length === 0) throw new CodedError('port_gone', 'the program of this job has not answered the agent');
  return { status, headers: headersOf(told, hasLengthOnly(method, status)) };
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

/** Throws agent_failed for a pair that is not a valid header. */
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
