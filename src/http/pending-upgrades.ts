// Connections whose wish for an upgrade is not answered yet: a peer that goes away is seen, and what it says meanwhile is kept.
import type { Socket } from 'node:net';

/** What a peer says before its answer; more is not read, and then only the answer shows that it has gone away. */
const aheadBytes = 64 * 1024;

const unanswered = new Map<Socket, () => Buffer>();

/** Nobody but us reads it, and without a reader Node tells of no end. */
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

/** From now on somebody else watches the connection; gives what came meanwhile. */
export function releaseSocket(socket: Socket): Buffer {
  const ahead = unanswered.get(socket)?.();
  unanswered.delete(socket);
  return ahead ?? Buffer.alloc(0);
}

export function pendingUpgradeSockets(): Socket[] {
  return [...unanswered.keys()];
}
