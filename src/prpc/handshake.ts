// How a connection of pRPC begins: who dials says who he is and shows a token, who is dialled looks at it and answers the same way.
import { randomBytes } from 'node:crypto';
import { closeCodes, type WebSocketConnection } from '../http/web-socket-connection.js';
import { CodedError } from '../model/coded-error.js';
import type { Methods } from './incoming-calls.js';
import { type Handshake, kinds, pack, protocolVersion, readHandshake, readMessage, statuses } from './messages.js';
import { Peer } from './peer.js';

const handshakeMs = 60_000;
/** Nobody knows yet who sends it. */
const handshakeBytes = 2 ** 16;

export interface Met {
  connectionId: string;
  peer: Peer;
  who: Handshake;
}

export interface Acceptance {
  /** Who we are. */
  self: Handshake;
  /** Throws when they may not connect; else what they may call. */
  admit(who: Handshake): Promise<Methods>;
  /** Before they hear that they are welcome, and so before their first call. */
  met(met: Met): void;
}

/** For a connection that was dialled from elsewhere; one that is not welcome is closed with 1002, without a reason. */
export function acceptPeer(connection: WebSocketConnection, { self, admit, met }: Acceptance): void {
  const connectionId = randomBytes(16).toString('hex');
  const timer = setTimeout(() => connection.close(closeCodes.protocolError), handshakeMs);
  void connection.closed.then(() => clearTimeout(timer));
  let peer: Peer | undefined;
  connection.receive(async (frame) => {
    if (peer) return peer.take(frame);
    try {
      const [kind, id, told] = readMessage(frame, handshakeBytes);
      if (kind !== kinds.handshake) throw new CodedError('invalid_request', 'a connection begins with a handshake');
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

/** For a connection that was dialled from here. Rejects with agent_failed when we are not welcome. */
export function greetPeer(connection: WebSocketConnection, self: Handshake, methods: Methods): Promise<Met> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => connection.close(closeCodes.protocolError), handshakeMs);
    void connection.closed.then(() => {
      clearTimeout(timer);
      reject(new CodedError('agent_failed', 'the other side does not take this token, or no connection at all'));
    });
    let peer: Peer | undefined;
    connection.receive(async (frame) => {
      if (peer) return peer.take(frame);
      const [kind, , told] = readMessage(frame);
      const { connectionId, peer: who } = readHandshake(kind === kinds.welcome ? told : undefined);
      if (typeof connectionId !== 'string' || !/^[\w-]{1,64}$/.test(connectionId))
        throw new CodedError('invalid_request', 'a connection has an id of letters and digits');
      clearTimeout(timer);
      peer = new Peer(connection, methods);
      resolve({ connectionId, peer, who });
    });
    void connection.send(pack([kinds.handshake, 1, [protocolVersion, null, self]]));
  });
}
