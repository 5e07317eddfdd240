// WebSocket upgrades: they pass the same hooks and routes as every request, and the handler of a route takes over the connection.
import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CodedError } from '../model/coded-error.js';
import { type Farewell, farewellMs } from './open-request.js';
import { pendingUpgradeSockets, releaseSocket, watchPendingUpgrades } from './pending-upgrades.js';
import { replayAsPlainHttp } from './replay-as-plain-http.js';
import { loggedPath } from './shown-ticket.js';

/** A connection that the handler of its request may take over; `head` holds the bytes that have already arrived. */
export interface Upgrade {
  socket: Socket;
  head: Buffer;
}

const offered = new WeakMap<IncomingMessage, Upgrade>();
/** The open connections that were taken over, each with a function that closes it. */
const taken = new Map<Socket, () => void>();
let ending = false;

/** Whether a handler has taken over this connection and is responsible for it. */
export function isUpgraded(socket: Socket): boolean {
  return taken.has(socket);
}

/** `route` is the entry point of Fastify, where access is checked and refused as for every HTTP request. */
export function routeUpgrades(server: Server, route: (request: IncomingMessage, response: ServerResponse) => void): void {
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (ending) return void socket.destroy();
    socket.on('error', ignore);
    watchPendingUpgrades(socket);
    void answered(socket).then(() => {
      if (socket.destroyed) return;
      letGo(socket);
      if (!isWebSocket(request)) {
        socket.off('error', ignore);
        return replayAsPlainHttp(server, request, { socket, head: Buffer.concat([head, releaseSocket(socket)]) });
      }
      offered.set(request, { socket, head });
      route(request, responseOn(socket, request));
    });
  });
}

const ignore = () => {};

/** Resolves when the earlier requests on this connection are answered; Node notes on a socket which response is next. */
async function answered(socket: Socket & { _httpMessage?: ServerResponse | null }): Promise<void> {
  for (let turn = socket._httpMessage; turn; turn = socket._httpMessage) await over(turn);
}

function over(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => response.once('close', () => resolve()));
}

/** Removes the listener that Node leaves on the socket: that for the timeout of connections without a request. */
function letGo(socket: Socket): void {
  socket.removeAllListeners('timeout');
  socket.setTimeout(0);
}

function responseOn(socket: Socket, request: IncomingMessage): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => {
    release(response, socket);
    socket.destroySoon();
  });
  return response;
}

function isWebSocket({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && /(^|,)\s*websocket\s*(,|$)/i.test(headers.upgrade ?? '');
}

export function wantsUpgrade(request: FastifyRequest): boolean {
  return offered.has(request.raw);
}

/** For a route that is only a WebSocket. */
export function demandUpgrade(request: FastifyRequest, reply: FastifyReply): void {
  if (wantsUpgrade(request)) return;
  void reply.header('upgrade', 'websocket').header('connection', 'upgrade');
  throw new CodedError('upgrade_required', 'this address is a WebSocket; send GET with Connection: Upgrade and Upgrade: websocket');
}

/**
 * Hands the connection of a request for a WebSocket to the caller, who is responsible for it from now on; so everything that can be
 * refused must be refused before. `farewell` closes the connection when the server stops or the credentials are revoked; a connection that is still open soon after
 * that is cut.
 */
export function takeUpgrade(request: FastifyRequest, reply: FastifyReply, farewell: (socket: Socket, why: Farewell) => void): Upgrade {
  const upgrade = offered.get(request.raw);
  if (!upgrade) throw new Error('this request did not ask for an upgrade, or it was taken already');
  const { socket } = upgrade;
  offered.delete(request.raw);
  const head = Buffer.concat([upgrade.head, releaseSocket(socket)]);
  reply.hijack();
  request.open?.becomes(socket, () => farewell(socket, 'revoked'));
  if (reply.raw.socket) release(reply.raw, socket);
  if (!socket.closed) taken.set(socket, () => farewell(socket, 'stopping'));
  socket.once('close', () => taken.delete(socket));
  request.log.info({ path: loggedPath(request.url), status: 101, user: request.principal?.username }, 'upgraded');
  return { socket, head };
}

function release(response: ServerResponse, socket: Socket): void {
  response.detachSocket(socket);
  response.emit('close');
}

/** Resolves when no connection is left that was taken over or waits to be; from now on new ones are not accepted. */
export async function closeUpgraded(): Promise<void> {
  ending = true;
  const open = [...taken.keys(), ...pendingUpgradeSockets()];
  const closed = open.map((socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())));
  for (const farewell of taken.values()) farewell();
  const timer = setTimeout(() => {
    for (const socket of open) socket.destroy();
  }, farewellMs);
  await Promise.all(closed);
  clearTimeout(timer);
}
