// The socket of the server, DATA_DIR/server.sock: a user who can open it owns the data, and needs no login.
import { once } from 'node:events';
import { chmodSync, mkdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { serverSocketName, socketPath } from '../model/socket-path.js';

const connections = new WeakSet<Socket>();

/** Decided by the connection alone: a header cannot claim it. */
export function isLocal({ socket }: IncomingMessage): boolean {
  return connections.has(socket);
}

/** A second HTTP server for the same application. */
export function localServer(route: RequestListener): Server {
  return createServer(route).on('connection', (socket: Socket) => void connections.add(socket));
}

/**
 * Opens the socket in place of one that a dead server has left; the caller holds the lock of DATA_DIR. The socket has the mode 0600 before it
 * has its name. Returns a function that removes the socket. Throws an Error where DATA_DIR cannot hold a socket.
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
    throw new Error(`the socket ${socket} cannot be created: ${(error as Error).message}`);
  }
  return () => {
    rmSync(socket, { force: true });
    server.close();
    server.closeAllConnections();
  };
}
