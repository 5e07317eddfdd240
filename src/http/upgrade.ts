// WebSocket upgrades: they pass the same hooks and routes as every request, and the handler of a route takes the connection over.
import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CodedError } from '../model/coded-error.js';
import { type Farewell, farewellMs } from './open-request.js';
import { pendingUpgradeSockets, releaseSocket, watchPendingUpgrades } from './pending-upgrades.js';
import { replayAsPlainHttp } from './replay-as-plain-http.js';

/** A connection that its request's handler may take over; `head` is what has arrived of it already. */
export interface Upgrade {
  socket: Socket;
  head: Buffer;
}

const offered = new WeakMap<IncomingMessage, Upgrade>();
/** What was taken over and is open, each with how to say good-bye. */
const taken = new Map<Socket, () => void>();
let ending = false;

/** A handler has taken it over, and answers for it. */
export function isUpgraded(socket: Socket): boolean {
  return taken.has(socket);
}

/** `route` is Fastify's own entrance: who may do what is asked there, and refused as over HTTP. */
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

/** Of requests that came before this one on its connection; Node says on a socket whose turn it is. */
async function answered(socket: Socket & { _httpMessage?: ServerResponse | null }): Promise<void> {
  for (let turn = socket._httpMessage; turn; turn = socket._httpMessage) await over(turn);
}

function over(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => response.once('close', () => resolve()));
}

/** Node has taken back its listeners but that of the timeout of connections without a request. */
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

/** For a route that is nothing but a WebSocket. */
export function demandUpgrade(request: FastifyRequest, reply: FastifyReply): void {
  if (wantsUpgrade(request)) return;
  void reply.header('upgrade', 'websocket').header('connection', 'upgrade');
  throw new CodedError('upgrade_required', 'this address is a WebSocket: send GET with Connection: Upgrade and Upgrade: websocket');
}

/**
 * The connection of a request that asks for WebSocket: from now on the caller's, who answers for it; so everything that can be
 * refused is refused before. `farewell` ends it when the server ends, or its credentials hold no longer; what is still open soon after
 * is cut.
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
  request.log.info({ path: request.url.split('?')[0], status: 101, user: request.principal?.username }, 'upgraded');
  return { socket, head };
}

function release(response: ServerResponse, socket: Socket): void {
  response.detachSocket(socket);
  response.emit('close');
}

/** Resolves when no connection is left that was taken over, or waits for it; there are no new ones from now on. */
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
