// The named pipes of a run: where they are, how they are opened, and how they are removed when the run is over.
import { constants, openSync, unlinkSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { Socket } from 'node:net';
import { isPipe } from '../../model/adapter-choice.js';
import { CodedError } from '../../model/coded-error.js';
import type { Descriptor } from '../../model/resource-scope.js';
import { judged, openLeftPlace } from '../files/safe-open.js';
import type { RunContext } from '../run/run-context.js';
import { makePlace, type Named, ownPart, placeAfterStart, shownName } from './own-path.js';
import type { Side } from './port-connection.js';

/** Opens the place itself, whatever is there, only to look at it (O_PATH of Linux). */
const lookFlags = 0o10000000 | constants.O_NOFOLLOW;

/** Called before the start; the launcher creates the pipe. */
export async function placePipe(context: RunContext, side: Side): Promise<void> {
  const path = await makePlace(context, named(context, side));
  context.pipes.push(path);
  context.values[`${side}_pipe`] = path;
}

/** The name of the pipe, for people. */
export function pipeName(context: RunContext, side: Side): string {
  return `the named pipe '${shownName(context, named(context, side))}'`;
}

function named(context: RunContext, side: Side): Named {
  return { side, path: context[side].parameters.pipe_path, placeholder: `${side}_pipe`, name: 'pipe' };
}

/**
 * Never waits. Null: the mode is to write, but no reader has the pipe open yet. Throws when the program has put something else there.
 * `mode` O_RDONLY or O_WRONLY.
 */
export async function openPipe(context: RunContext, side: Side, mode: number): Promise<Descriptor | null> {
  const place = await look(context, side);
  try {
    return reopenPipe(context, place, mode);
  } catch (error) {
    throw new CodedError(`${side}_error`, `${pipeName(context, side)} cannot be opened: ${(error as Error).message}`);
  } finally {
    await place.close();
  }
}

/** Opens the place only when it is a pipe that belongs to the run: what the program may have put there instead is not touched. */
async function look(context: RunContext, side: Side): Promise<FileHandle> {
  const place = placeAfterStart(context, named(context, side));
  const handle = await openLeftPlace(place, lookFlags).catch((error: Error) => {
    throw new CodedError(`${side}_error`, `${pipeName(context, side)} cannot be used: ${error.message}`);
  });
  return judged(handle, async () => {
    const found = await handle.stat();
    if (found.isFIFO() && (place.user === null || found.uid === place.user.uid)) return;
    throw new CodedError(`${side}_error`, `${pipeName(context, side)} is no longer a pipe of the run`);
  });
}

/** An open end of a pipe as a stream, which closes the descriptor. */
export function pipeStream({ scope }: RunContext, descriptor: Descriptor, side: Side): Socket {
  const stream = new Socket({ fd: descriptor.fd, readable: side === 'output', writable: side === 'input' });
  scope.giveAway(descriptor);
  return scope.own(stream);
}

/** Opens the same pipe once more, whatever its name leads to by now. Null: the mode is to write, but the pipe has no reader. */
export function reopenPipe({ scope }: RunContext, { fd }: Pick<Descriptor, 'fd'>, mode: number): Descriptor | null {
  try {
    return scope.descriptor(openSync(`/proc/self/fd/${fd}`, mode | constants.O_NONBLOCK));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENXIO') return null;
    throw error;
  }
}

/** Opens and closes the pipe, so that its reader sees its end once there is no other writer. */
export function pokePipe(context: RunContext, pipe: Descriptor): void {
  try {
    reopenPipe(context, pipe, constants.O_WRONLY)?.close();
  } catch {
    // without a free descriptor the reader sees no end: it gives up in time
  }
}

/** Called after the end. A pipe is not an artifact. */
export async function removePipes(context: RunContext): Promise<void> {
  for (const side of ['input', 'output'] as const) {
    if (!isPipe(context[side]) || ownPart(context, named(context, side)) === undefined) continue;
    const place = placeAfterStart(context, named(context, side));
    const parts = place.path.split('/');
    const name = parts.pop() as string;
    try {
      const pipe = await look(context, side);
      await pipe.close();
      const folder = await openLeftPlace(
        { ...place, path: parts.join('/') },
        constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW,
      );
      try {
        unlinkSync(`/proc/self/fd/${folder.fd}/${name}`);
      } finally {
        await folder.close();
      }
    } catch {
      // the program has removed or replaced the pipe
    }
  }
}
