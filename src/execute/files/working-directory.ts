// Where the program works: its cwd, and whether this is the run's own directory, the only place where the server creates files and folders for the program.
import { realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import { expandText } from '../../model/arguments.js';
import { CodedError } from '../../model/coded-error.js';
import { relativePathFault, withoutEndingSlashes } from '../../model/file-names.js';
import type { WorkDirectory } from '../directories/work-directories.js';
import type { RunContext } from '../run/run-context.js';
import { makeFolders } from './safe-create.js';

/** Whether the cwd lies in the run's own work directory: in any other place the server would use rights that the program lacks. */
export function hasOwnCwd({ cwd, directory: { work } }: Pick<RunContext, 'cwd' | 'directory'>): boolean {
  return isWithin(work, cwd);
}

/** An absolute cwd must exist; a relative one is created inside the work directory. The result has no link and no `..` in it. */
export async function programDirectory({ order, directory, values }: RunContext): Promise<string> {
  const { cwd } = order.definition;
  if (cwd === undefined) return directory.work;
  const wanted = expandText(cwd, values);
  if (isAbsolute(wanted)) return existingDirectory(wanted, directory);
  const path = withoutEndingSlashes(wanted.replace(/^(\.\/+)+/, ''));
  if (path === '' || path === '.') return directory.work;
  const fault = relativePathFault(path);
  if (fault) throw new CodedError('spawn_error', `cwd '${wanted}' ${fault}`);
  const made = join(directory.work, path);
  await makeFolders(directory, join(made, 'any'));
  return made;
}

async function existingDirectory(path: string, { work }: WorkDirectory): Promise<string> {
  const real = await realpath(path).catch(() => null);
  if (real === null) throw new CodedError('spawn_error', `cwd ${path} does not exist`);
  if (!(await stat(real)).isDirectory()) throw new CodedError('spawn_error', `cwd ${path} is not a directory`);
  // WORK_DIR itself may be named by a link
  const realWork = await realpath(work);
  return isWithin(realWork, real) ? join(work, relative(realWork, real)) : real;
}

/** Both without links and `..`. */
function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
