// The socket of a server on this machine: the one whose owner was looked at is the one that is connected to.
import { closeSync, constants, fstatSync, lstatSync, openSync, type Stats } from 'node:fs';
import { type SocketPath, serverSocketName, socketPath } from '../../../../src/model/socket-path.js';
import { exitCodes, Failure } from '../failure.js';

/** Of Linux: a descriptor of the file itself, of whatever kind it is. Node does not name it. */
const pathOnly = 0o10000000;

/**
 * For one connection, since a server that starts again has another socket; `release` must be called behind it. Anyone who may write to the folder
 * can put another socket there at any time, so that on Linux the path is that of a descriptor. Throws a Failure when there is no socket (worth a
 * retry), or when another user owns it.
 */
export function ownSocket(folder: string): SocketPath {
  const path = `${folder}/${serverSocketName}`;
  const found = pinned(folder, path);
  if (found.stats.isSocket() && isOwn(found.stats)) return found;
  found.release();
  if (!found.stats.isSocket()) throw missing(path, 'it is not a socket');
  throw new Failure(`${path} belongs to another user, so that it is not used`);
}

function pinned(folder: string, path: string): SocketPath & { stats: Stats } {
  try {
    if (process.platform !== 'linux') return { ...socketPath(folder, serverSocketName), stats: lstatSync(path) };
    const descriptor = openSync(path, pathOnly | constants.O_NOFOLLOW);
    return { path: `/proc/self/fd/${descriptor}`, release: () => closeSync(descriptor), stats: fstatSync(descriptor) };
  } catch (error) {
    throw missing(path, (error as Error).message);
  }
}

function missing(path: string, why: string): Failure {
  return new Failure(`${path} cannot be reached: ${why}`, { exitCode: exitCodes.unavailable, hint: 'is the server running?' });
}

const isOwn = ({ uid }: Stats) => uid === process.getuid?.() || uid === 0;
