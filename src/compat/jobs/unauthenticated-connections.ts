// Unauthenticated connections, which have not shown a token yet: few connections and few bytes, so that clients without a token take neither memory nor places.
import type { Socket } from 'node:net';

/** The limit of unauthenticated connections. Above it the oldest is closed: a client with a token shows it at once. */
const connectionBound = 100;
/** The limit of a first message, with its frame. A larger message would be read into memory before it could be refused. */
const firstMessageBytes = 2 ** 17;

export class UnauthenticatedConnections {
  private readonly sockets = new Set<Socket>();

  /** Called once the socket speaks WebSocket. The caller calls the returned function when the client is authenticated. */
  meet(socket: Socket): () => void {
    const [oldest] = this.sockets;
    if (this.sockets.size >= connectionBound) oldest.destroy();
    const before = socket.bytesRead;
    const watch = () => void (socket.bytesRead - before > firstMessageBytes && socket.destroy());
    const known = () => {
      this.sockets.delete(socket);
      socket.off('data', watch).off('close', known);
    };
    this.sockets.add(socket);
    socket.on('data', watch).once('close', known);
    return known;
  }
}
