// The name of a unix socket in a folder, short enough for the system: sun_path holds 107 bytes, and a longer name is cut silently.
import { closeSync, constants, openSync } from 'node:fs';
import { join } from 'node:path';

const pathBytes = 107;

/** `release` gives back what the name needs; it must be called when nobody uses the name any more. */
export interface SocketPath {
  path: string;
  release: () => void;
}

/** Through a descriptor of the folder where its own name is too long. Throws an Error where there is no way. */
export function socketPath(folder: string, name: string): SocketPath {
  const path = join(folder, name);
  if (Buffer.byteLength(path) <= pathBytes) return { path, release: () => {} };
  if (process.platform !== 'linux') throw new Error(`${path} is too long for a socket: ${pathBytes} bytes are allowed`);
  const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  return { path: `/proc/self/fd/${descriptor}/${name}`, release: () => closeSync(descriptor) };
}

/** In DATA_DIR: where the commands of this machine reach its server. */
export const serverSocketName = 'server.sock';
