// Watches connections whose request for an upgrade is not answered yet: notices a peer that goes away, and keeps what it sends meanwhile.
import type { Socket } from 'node:net';

/** The most bytes that are read from a peer before the response; beyond this, only the response shows that the peer has gone away. */
const aheadBytes = 64 * 1024;

const unanswered = new Map<Socket, () => Buffer>();

/** Reads from the socket, because without a reader Node does not report its end. */
export function watchPendingUpgrades(socket: Socket): void {
  const ahead: Buffer[] = [];
  let bytes = 0;
  const read = () => {
    while (bytes < aheadBytes) {
      const chunk: Buffer | null = socket.read();
      if (!chunk) return;
      ahead.push(chunk);
      bytes += chunk.length;
    }
  };
  const leave = () => socket.destroy();
  const forget = () => unanswered.delete(socket);
  socket.on('readable', read).once('end', leave).once('close', forget);
  unanswered.set(socket, () => {
    socket.off('readable', read).off('end', leave).off('close', forget);
    return Buffer.concat(ahead);
  });
}

/** Stops watching the connection, and returns the bytes that came meanwhile. */
export function releaseSocket(socket: Socket): Buffer {
  const ahead = unanswered.get(socket)?.();
  unanswered.delete(socket);
  return ahead ?? Buffer.alloc(0);
}

export function pendingUpgradeSockets(): Socket[] {
  return [...unanswered.keys()];
}
