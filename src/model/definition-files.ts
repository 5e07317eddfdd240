// The files of a definition: what they contain, and how they stand in the work directory of each run.
import { posix } from 'node:path';
import { CodedError } from './coded-error.js';
import type { ProcessDefinition } from './definition.js';
import type { UploadedFile } from './run-order.js';

export interface DefinitionFile {
  /** Relative to the work directory. */
  path: string;
  content: Buffer;
  /** 0555 for a script, else 0444. */
  mode: number;
}

/** The bound for the contents of all files of a definition together. */
export const filesBytesBound = 2 ** 20;

/** The files of a definition in the order in which its user wrote them. */
export function definitionFiles({ files = {} }: Pick<ProcessDefinition, 'files'>): DefinitionFile[] {
  return Object.entries(files).map(([path, given]) => {
    const content = typeof given === 'string' ? Buffer.from(given) : Buffer.from(given.base64, 'base64');
    return { path, content, mode: isScript(content) ? 0o555 : 0o444 };
  });
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

/** Throws invalid_request for a caller's file that has the place of a file of the definition. */
export function refuseFilesOfDefinition({ files = {} }: Pick<ProcessDefinition, 'files'>, uploads: UploadedFile[]): void {
  const taken = uploads.find(({ name, parameter, folder }) => parameter === undefined && !folder && Object.hasOwn(files, name));
  if (taken) throw new CodedError('invalid_request', `the definition itself has a file '${taken.name}'; send yours under another name`);
}
