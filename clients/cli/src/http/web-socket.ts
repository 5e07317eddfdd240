// WebSockets to the server that was chosen; Node's own cannot send a login.
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type WebSocket from 'ws';
import { ownSocket } from '../profiles/server-socket.js';
import { version } from '../version.js';
import { bytesOf, type Connection, unavailable } from './connection.js';
import { refusal } from './refusal.js';

/** Resolves once it is open, paused: no frame is lost before the caller listens, and resumes it. Throws a Failure when the server refuses it or cannot be reached. */
export async function openWebSocket(connection: Connection, path: string, protocols: string[]): Promise<WebSocket> {
  const { default: Socket } = await import('ws');
  const { url, authorization, socketFolder, label } = connection.server;
  const local = socketFolder === undefined ? undefined : ownSocket(socketFolder);
  const socket = new Socket(`${url.replace(/^http/, 'ws')}${path}`, protocols, {
    headers: { 'user-agent': `procreg/${version}`, ...(authorization && { authorization }) },
    ...(local && { createConnection: () => connect(local.path) }),
    perMessageDeflate: false,
  });
  try {
    await opened(socket, connection);
  } catch (error) {
    throw (error as { exitCode?: number }).exitCode === undefined ? unavailable(label, error as Error) : error;
  } finally {
    local?.release();
  }
  return socket;
}

function opened(socket: WebSocket, { server }: Connection): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('open', () => {
      socket.pause();
      resolve();
    });
    socket.on('error', reject);
    socket.once('unexpected-response', (_request, answer: IncomingMessage) => {
      bytesOf(answer).then((bytes) => reject(refusal(answer, bytes.toString(), server)), reject);
    });
  });
}
