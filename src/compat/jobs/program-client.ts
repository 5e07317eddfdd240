// Connections to the program of a job of this server: one HTTP request, or a WebSocket.
import { type ClientRequest, request as openRequest } from 'node:http';
import type { WebSocketConnection } from '../../http/web-socket-connection.js';
import { CodedError } from '../../model/coded-error.js';
import type { RunProxy } from '../../proxy/run-proxy.js';
import type { RunEntity } from '../../runs/run.entity.js';
import { openLine } from './messages.js';

/** Headers by name; a list where a name occurs more than once. */
export type Headers = Record<string, string | string[]>;

/** Throws port_gone, port_not_ready. */
function addressOf(proxy: RunProxy, row: RunEntity): { host: string; port: number } {
  if (row.port === null) throw new CodedError('port_gone', 'Proxy error: job does not contain a running server');
  return proxy.addressOf(row);
}

export function openProgramRequest(
  proxy: RunProxy,
  row: RunEntity,
  asked: { method: string; path: string; headers: Headers },
): ClientRequest {
  return openRequest({ ...addressOf(proxy, row), ...asked, agent: false });
}

export async function openProgramLine(
  proxy: RunProxy,
  row: RunEntity,
  { path, headers, protocols }: { path: string; headers?: Headers; protocols?: string },
): Promise<WebSocketConnection> {
  const { host, port } = addressOf(proxy, row);
  return openLine(`ws://${host.includes(':') ? `[${host}]` : host}:${port}${path}`, { headers, protocols });
}
