// Where a file or pipe of an adapter lies: at a path in the program's cwd, or next to its work directory.
import { join } from 'node:path';
import { CodedError } from '../../model/coded-error.js';
import { makeFolders } from '../files/safe-create.js';
import { type LeftPlace, leftPlace } from '../files/safe-open.js';
import { hasOwnCwd } from '../files/working-directory.js';
import type { RunContext } from '../run/run-context.js';
import { adapterPath } from './adapter-path.js';
import type { Side } from './port-connection.js';

const folders = { input: 'in', output: 'out' };

export interface Named {
  side: Side;
  /** The path that the definition names. */
  path: unknown;
  /** The placeholder that stands for the place next to the work directory. */
  placeholder: string;
  /** The name of the file or pipe next to the work directory. */
  name: string;
}

/** Returns the path and creates the folders that it needs. Called before the start. */
export async function makePlace(context: RunContext, named: Named): Promise<string> {
  const { directory } = context;
  const own = ownPart(context, named);
  if (own !== undefined) return ownPath(context, named.side, own);
  return join(await directory.makeFolder(join(directory.root, folders[named.side])), named.name);
}

/** A path in the cwd, which must lie in the run's own directory. */
export async function ownPath(context: RunContext, side: Side, path: string): Promise<string> {
  const { cwd, directory } = context;
  if (!hasOwnCwd(context)) {
    throw new CodedError(`${side}_error`, `'${path}' needs the run's own work directory, but the program's cwd is ${cwd}`);
  }
  const place = join(cwd, path);
  await makeFolders(directory, place).catch((error) => {
    throw error.code === 'path_taken' ? new CodedError(`${side}_error`, `'${path}' cannot be created: ${error.message}`) : error;
  });
  return place;
}

/** The same place after the start, when the program may have put anything there. */
export function placeAfterStart(context: RunContext, named: Named): LeftPlace {
  const { root, user } = context.directory;
  const own = ownPart(context, named);
  return own === undefined ? { root, path: `${folders[named.side]}/${named.name}`, user } : leftPlace(context, own);
}

/** The place as the definition names it, for people. */
export function shownName(context: RunContext, named: Named): string {
  return ownPart(context, named) ?? `$\{${named.placeholder}}`;
}

/** Undefined: the place is next to the work directory. */
export function ownPart(context: RunContext, { path, placeholder }: Named): string | undefined {
  return adapterPath(context, path, placeholder);
}
