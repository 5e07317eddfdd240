// Two WebSockets of which this server has opened both: what comes on one goes out on the other, message by message.
import { WebSocket } from 'ws';

const openingMs = 15_000;
const largestMessageBytes = 16 * 2 ** 20;

/** Resolves once it is open, and then says nothing until it is joined. Rejects with why it is not. */
export function openWebSocket(url: string, options: object = {}): Promise<WebSocket> {
  const socket = new WebSocket(url, { handshakeTimeout: openingMs, maxPayload: largestMessageBytes, followRedirects: false, ...options });
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('open', () => {
      socket.off('error', reject).on('error', () => {});
      socket.pause();
      resolve(socket);
    });
  });
}

/** Until one of them ends, which ends the other. */
export function join(one: WebSocket, other: WebSocket): void {
  pass(one, other);
  pass(other, one);
}

/** One message at a time: the next is read when this one has gone. */
function pass(from: WebSocket, to: WebSocket): void {
  from.on('message', (data, binary) => {
    from.pause();
    to.send(data, { binary }, () => from.resume());
  });
  from.once('close', () => to.close());
  if (from.readyState === WebSocket.CLOSED) to.close();
  from.resume();
}
