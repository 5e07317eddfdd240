// Checks the files of a definition: their names, their contents, their size, and whether `exec` can be one of them.
import type { ProcessDefinition } from '../model/definition.js';
import { definitionFiles, entriesBound, executableFile, filesBytesBound, foldersOf } from '../model/definition-files.js';
import { newPathFault, relativePathFault } from '../model/file-names.js';
import { isBase64, notBase64 } from './example-faults.js';
import { cut, type Fault } from './faults.js';

/** `definition.files` has the right shape. */
export function* fileFaults(definition: ProcessDefinition): Generator<Fault> {
  if (definition.files === undefined) return;
  const faults = [...entryFaults(definition.files)];
  yield* faults.length > 0 ? faults : wholeFaults(definition);
}

function* entryFaults(files: NonNullable<ProcessDefinition['files']>): Generator<Fault> {
  for (const [name, content] of Object.entries(files)) {
    const path = `files.${name}`;
    const fault = nameFault(name, files);
    if (fault) yield { path, message: `the name '${cut(name, 80)}' ${fault}` };
    if (typeof content === 'object' && !isBase64(content.base64)) yield { path: `${path}.base64`, message: notBase64 };
  }
}

/** Every file has a name and a content. */
function* wholeFaults(definition: ProcessDefinition): Generator<Fault> {
  const files = definitionFiles(definition);
  const bytes = files.reduce((sum, { content }) => sum + content.length, 0);
  if (bytes > filesBytesBound) yield { path: 'files', message: `must be at most ${filesBytesBound} bytes together, got ${bytes}` };
  const entries = files.length + foldersOf(definition).length;
  if (entries > entriesBound)
    yield { path: 'files', message: `must be at most ${entriesBound} files and folders together, got ${entries}` };
  const executed = files.find(({ path }) => path === executableFile(definition));
  if (executed?.mode === 0o444) yield { path: 'exec', message: `the file '${executed.path}' can be executed only if it begins with #!` };
}

function nameFault(name: string, files: object): string | undefined {
  const fault = relativePathFault(name) ?? newPathFault(name);
  if (fault) return fault;
  const parts = name.split('/');
  const above = parts.map((_part, index) => parts.slice(0, index).join('/')).find((folder) => Object.hasOwn(files, folder));
  return above === undefined ? undefined : `lies in '${cut(above, 80)}', which is a file`;
}
