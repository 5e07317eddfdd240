// Output adapter `directory`: the files that the program leaves in a folder, as a zip or as the one file that is there.
import { CodedError } from '../../protocol/coded-error.js';
import type { CollectedOutput } from '../../protocol/run-result.js';
import { openLeftFile } from '../left-behind.js';
import type { RunStage } from '../run-stage.js';
import { ownCwd } from '../own-cwd.js';
import type { OutputAdapter } from './contract.js';
import { keepFile } from './keep-file.js';
import { type LeftEntry, listTree } from './list-tree.js';
import { writeZip } from './write-zip.js';

export const leftDirectory: OutputAdapter = {
  /** The folder is made for the program. */
  async prepare(stage: RunStage): Promise<void> {
    let path = `${stage.directory.root}/${ownCwd(stage)}`;
    for (const part of folderName(stage).split('/')) path = await stage.directory.makeFolder(`${path}/${part}`);
  },

  async collect(stage: RunStage): Promise<CollectedOutput> {
    const folder = folderName(stage);
    const entries = await listTree(stage.directory, `${ownCwd(stage)}/${folder}`);
    const { format, content_type } = stage.output.parameters as { format?: string; content_type?: string };
    if (format === 'file') return { ...(await onlyFile(stage, entries)), contentType: content_type };
    if (entries.length === 0) throw new CodedError('output_error', `the program left nothing in '${folder}'`);
    const bytes = await writeZip(stage, `${ownCwd(stage)}/${folder}`, entries);
    return { source: 'file', bytes, contentType: content_type, name: 'output.zip' };
  },
};

function folderName(stage: RunStage): string {
  return String(stage.output.parameters.directory ?? 'output').replace(/\/+$/, '');
}

async function onlyFile(stage: RunStage, entries: LeftEntry[]): Promise<CollectedOutput> {
  const files = entries.filter((entry) => !entry.directory);
  const folder = folderName(stage);
  if (files.length !== 1) {
    throw new CodedError('output_error', `one file was expected in '${folder}', but there are ${files.length}`);
  }
  const bytes = await keepFile(await openLeftFile(stage.directory, `${ownCwd(stage)}/${folder}/${files[0].path}`), stage);
  return { source: 'file', bytes, name: files[0].path.split('/').pop() };
}
