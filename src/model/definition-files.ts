// The files of a definition: what they contain, how they stand in the work directory of each run, and that no caller takes their places.
import { posix } from 'node:path';
import { CodedError } from './coded-error.js';
import { contentBytes, type ProcessDefinition } from './definition.js';
import type { UploadedFile } from './run-order.js';

type WithFiles = Pick<ProcessDefinition, 'files'>;

export interface DefinitionFile {
  /** Relative to the work directory. */
  path: string;
  content: Buffer;
  /** 0555 for a script, else 0444. */
  mode: number;
}

/** The bound for the contents of all files of a definition together. */
export const filesBytesBound = 2 ** 20;

/** The bound for the files of a definition and the folders that they lie in, together: each run creates all of them. */
export const entriesBound = 1000;

/** The files of a definition in the order in which its user wrote them. */
export function definitionFiles({ files = {} }: WithFiles): DefinitionFile[] {
  return Object.entries(files).map(([path, given]) => {
    const content = contentBytes(given);
    return { path, content, mode: isScript(content) ? 0o555 : 0o444 };
  });
}

/** The folders that the files need, those that are deeper first. */
export function foldersOf({ files = {} }: WithFiles): string[] {
  const folders = new Set(Object.keys(files).flatMap(foldersAbove));
  return [...folders].sort((one, other) => other.split('/').length - one.split('/').length);
}

/** `a/b` and `a` for `a/b/c`. */
function foldersAbove(path: string): string[] {
  const folder = posix.dirname(path);
  return folder === '.' ? [] : [folder, ...foldersAbove(folder)];
}

function isScript(content: Buffer): boolean {
  return content.subarray(0, 2).toString('latin1') === '#!';
}

/** The path of the file that `exec` names, such as `./report.py`; undefined when `exec` is not a file of the definition. */
export function executableFile({ exec, files }: Pick<ProcessDefinition, 'exec' | 'files'>): string | undefined {
  if (!files || !exec.includes('/')) return undefined;
  const path = posix.normalize(exec);
  return Object.hasOwn(files, path) ? path : undefined;
}

/** Throws invalid_request when a caller's file or folder at `path` would be, hold or lie in a file of the definition. */
export function refusePlace({ files = {} }: WithFiles, { path, folder = false }: { path: string; folder?: boolean }): void {
  const taken = Object.keys(files).find((own) => own === path || path.startsWith(`${own}/`) || (!folder && own.startsWith(`${path}/`)));
  if (taken === undefined) return;
  throw new CodedError('invalid_request', `'${path}' is the place of the file '${taken}' of the definition; use another name`);
}

/** Throws invalid_request for a file of the request that has the place of a file of the definition. */
export function refusePlaces(definition: WithFiles, uploads: UploadedFile[]): void {
  if (!definition.files) return;
  for (const { name: path, parameter, folder } of uploads) if (parameter === undefined) refusePlace(definition, { path, folder });
}
