// Turns a request into a WebSocket: everything that can be refused is refused before the response.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { WebSocketServer } from 'ws';
import { CodedError } from '../model/coded-error.js';
import type { Farewell } from './open-request.js';
import { demandUpgrade, takeUpgrade } from './upgrade.js';
import { closeCodes, WebSocketConnection } from './web-socket-connection.js';

/** A larger frame closes the connection with 1009, where an interface does not say otherwise. */
const usualFrameBytes = 2 ** 20;

/** One server of ws for each limit of the frame size. */
const servers = new Map<number, WebSocketServer>();

function serverFor(frameBytes: number): WebSocketServer {
  const known = servers.get(frameBytes);
  if (known) return known;
  const made = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: frameBytes,
    perMessageDeflate: false,
    // the protocol is chosen again here, because ws only takes the choice from this function
    handleProtocols: (asked, request) => chosenProtocol([...asked], spoken.get(request) ?? []) ?? false,
  });
  servers.set(frameBytes, made);
  return made;
}

const spoken = new WeakMap<object, string[]>();

function chosenProtocol(asked: string[], known: string[]): string | undefined {
  return known.find((name) => asked.includes(name));
}

/** The code of a close and its reason. */
export const farewells: Record<Farewell, [number, string]> = {
  stopping: [closeCodes.goingAway, 'the server is stopping'],
  revoked: [closeCodes.policyViolation, 'the credentials are no longer valid'],
};

/** The protocol of an interface over its WebSockets. */
interface Spoken {
  /** Subprotocols. */
  protocols?: string[];
  /** The size of the largest frame. */
  frameBytes?: number;
}

/**
 * Refuses a wrong handshake with upgrade_required or invalid_request. Then the handler refuses or starts what it
 * must, and calls the returned function, which answers 101, and gives null when the client went away meanwhile. `protocols` are the subprotocols
 * that are supported; a client that only requests others is refused, a client that requests none is not.
 */
export function webSocketOf(
  request: FastifyRequest,
  reply: FastifyReply,
  { protocols = [], frameBytes = usualFrameBytes }: Spoken = {},
): () => Promise<WebSocketConnection | null> {
  demandUpgrade(request, reply);
  checkHandshake(request, protocols);
  return () => {
    let connection: WebSocketConnection | undefined;
    const { socket, head } = takeUpgrade(request, reply, (_socket, why) => connection?.close(...farewells[why]));
    spoken.set(request.raw, protocols);
    return new Promise((resolve) => {
      if (socket.destroyed) return resolve(null);
      socket.once('close', () => resolve(null));
      serverFor(frameBytes).handleUpgrade(request.raw, socket, head, (peer) => {
        connection = new WebSocketConnection(peer, socket);
        resolve(connection);
      });
    });
  };
}

function checkHandshake({ headers }: FastifyRequest, protocols: string[]): void {
  const key = headers['sec-websocket-key'];
  if (headers['sec-websocket-version'] !== '13' || typeof key !== 'string' || !/^[+/0-9A-Za-z]{22}==$/.test(key))
    throw new CodedError('invalid_request', 'the handshake needs Sec-WebSocket-Version: 13 and a Sec-WebSocket-Key of 16 bytes in base64');
  const asked = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  if (asked[0] !== '' && protocols.length > 0 && !chosenProtocol(asked, protocols))
    throw new CodedError('invalid_request', `unknown subprotocol '${asked.join(', ')}'; allowed: ${protocols.join(', ')}`);
}
