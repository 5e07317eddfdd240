// Gives a unix socket in a folder a name that is short enough for the system: sun_path holds 107 bytes, and a longer name is cut silently.
import { closeSync, constants, openSync } from 'node:fs';
import { join } from 'node:path';

const pathBytes = 107;

/** `release` frees the descriptor behind the name, and must be called when the name is not used any more. */
export interface SocketPath {
  path: string;
  release: () => void;
}

/** Uses a descriptor of the folder where the plain path is too long. Throws an Error where that is not possible. */
export function socketPath(folder: string, name: string): SocketPath {
  const path = join(folder, name);
  if (Buffer.byteLength(path) <= pathBytes) return { path, release: () => {} };
  if (process.platform !== 'linux') throw new Error(`${path} is too long for a socket: ${pathBytes} bytes are allowed`);
  const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  return { path: `/proc/self/fd/${descriptor}/${name}`, release: () => closeSync(descriptor) };
}

/** The socket in DATA_DIR through which commands on this machine reach the server. */
export const serverSocketName = 'server.sock';
