// Who has connected and not said yet who it is: few of them, for a few bytes, so that nobody without a token takes memory or places.
import type { Socket } from 'node:net';

/** One more, and the oldest has to go: who has a token shows it at once. */
const strangersBound = 100;
/** Of a first message, with its frame. A large one would be read into memory before it could be refused. */
const strangerBytes = 2 ** 17;

export class UnauthenticatedConnections {
  private readonly sockets = new Set<Socket>();

  /** To be called once it speaks WebSocket. Call what is returned when it is known. */
  meet(socket: Socket): () => void {
    const [oldest] = this.sockets;
    if (this.sockets.size >= strangersBound) oldest.destroy();
    const before = socket.bytesRead;
    const watch = () => void (socket.bytesRead - before > strangerBytes && socket.destroy());
    const known = () => {
      this.sockets.delete(socket);
      socket.off('data', watch).off('close', known);
    };
    this.sockets.add(socket);
    socket.on('data', watch).once('close', known);
    return known;
  }
}
