// Where a file or pipe of an adapter lies: at a path in the program's cwd, or beside its work directory.
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
  /** What the definition says. */
  path: unknown;
  /** The placeholder that stands for the place beside the work directory, */
  placeholder: string;
  /** and its name there. */
  name: string;
}

/** The path, with the folders that it needs. Before the start. */
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
    throw error.code === 'path_taken' ? new CodedError(`${side}_error`, `'${path}' cannot be made: ${error.message}`) : error;
  });
  return place;
}

/** The same place once the program may have made anything of it. */
export function placeOf(context: RunContext, named: Named): LeftPlace {
  const { root, user } = context.directory;
  const own = ownPart(context, named);
  return own === undefined ? { root, path: `${folders[named.side]}/${named.name}`, user } : leftPlace(context, own);
}

/** As the definition names it, for people. */
export function shownName(context: RunContext, named: Named): string {
  return ownPart(context, named) ?? `$\{${named.placeholder}}`;
}

/** Undefined: beside the work directory. */
export function ownPart(context: RunContext, { path, placeholder }: Named): string | undefined {
  return adapterPath(context, path, placeholder);
}
