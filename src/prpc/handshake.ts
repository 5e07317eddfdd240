// How a pRPC connection begins: the side that connects names itself and shows a token; the other side checks the token and answers in the same form.
import { randomBytes } from 'node:crypto';
import { closeCodes, type WebSocketConnection } from '../http/web-socket-connection.js';
import { CodedError } from '../model/coded-error.js';
import type { Methods } from './incoming-calls.js';
import { type Handshake, kinds, pack, protocolVersion, readHandshake, readMessage, statuses } from './messages.js';
import { Peer } from './peer.js';

const handshakeMs = 60_000;
/** The bound of the first message, whose sender is still unknown. */
const handshakeBytes = 2 ** 16;

export interface Met {
  connectionId: string;
  peer: Peer;
  who: Handshake;
}

export interface Acceptance {
  /** The handshake of this server. */
  self: Handshake;
  /** Throws when the other side may not connect; returns the methods that it may call. */
  admit(who: Handshake): Promise<Methods>;
  /** Called before the other side is welcomed, and so before its first call. */
  met(met: Met): void;
}

/** Accepts a connection that the other side has opened. A connection that is not admitted is closed with 1002, without a reason. */
export function acceptPeer(connection: WebSocketConnection, { self, admit, met }: Acceptance): void {
  const connectionId = randomBytes(16).toString('hex');
  const timer = setTimeout(() => connection.close(closeCodes.protocolError), handshakeMs);
  void connection.closed.then(() => clearTimeout(timer));
  let peer: Peer | undefined;
  connection.receive(async (frame) => {
    if (peer) return peer.take(frame);
    try {
      const [kind, id, told] = readMessage(frame, handshakeBytes);
      if (kind !== kinds.handshake) throw new CodedError('invalid_request', 'a connection must begin with a handshake');
      const { peer: who } = readHandshake(told);
      peer = new Peer(connection, await admit(who));
      clearTimeout(timer);
      met({ connectionId, peer, who });
      await connection.send(pack([kinds.welcome, id, [protocolVersion, connectionId, self], statuses.success, null]));
    } catch {
      connection.close(closeCodes.protocolError);
    }
  });
}

/** Shakes hands on a connection that this server has opened. Rejects with agent_failed when the other side refuses. */
export function greetPeer(connection: WebSocketConnection, self: Handshake, methods: Methods): Promise<Met> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => connection.close(closeCodes.protocolError), handshakeMs);
    void connection.closed.then(() => {
      clearTimeout(timer);
      reject(new CodedError('agent_failed', 'the other side does not accept this token, or accepts no connections at all'));
    });
    let peer: Peer | undefined;
    connection.receive(async (frame) => {
      if (peer) return peer.take(frame);
      const [kind, , told] = readMessage(frame);
      const { connectionId, peer: who } = readHandshake(kind === kinds.welcome ? told : undefined);
      if (typeof connectionId !== 'string' || !/^[\w-]{1,64}$/.test(connectionId))
        throw new CodedError('invalid_request', 'a connection id must consist of letters, digits, - and _');
      clearTimeout(timer);
      peer = new Peer(connection, methods);
      resolve({ connectionId, peer, who });
    });
    void connection.send(pack([kinds.handshake, 1, [protocolVersion, null, self]]));
  });
}
