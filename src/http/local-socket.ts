// The server's own socket, DATA_DIR/server.sock: who can open it owns the data, and needs no login.
import { once } from 'node:events';
import { chmodSync, mkdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { serverSocketName, socketPath } from '../model/socket-path.js';

const connections = new WeakSet<Socket>();

/** By the connection alone: no header can say so. */
export function isLocal({ socket }: IncomingMessage): boolean {
  return connections.has(socket);
}

/** A second entrance to the same application. */
export function localServer(route: RequestListener): Server {
  return createServer(route).on('connection', (socket: Socket) => void connections.add(socket));
}

/**
 * Opens the entrance in place of what a dead server has left there; the caller holds the lock of DATA_DIR. The socket is 0600 before it
 * has its name. Returns how to take it away. Throws an Error where DATA_DIR can hold no socket.
 */
export async function openLocalSocket(server: Server, dataDir: string): Promise<() => void> {
  const folder = join(dataDir, `${serverSocketName}.new`);
  const [made, socket] = [join(folder, 's'), join(dataDir, serverSocketName)];
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
  const { path, release } = socketPath(folder, 's');
  server.once('close', release);
  try {
    await once(server.listen(path), 'listening');
    chmodSync(made, 0o600);
    renameSync(made, socket);
    rmdirSync(folder);
  } catch (error) {
    server.close();
    rmSync(folder, { recursive: true, force: true });
    throw new Error(`${socket} cannot be made: ${(error as Error).message}`);
  }
  return () => {
    rmSync(socket, { force: true });
    server.close();
    server.closeAllConnections();
  };
}
