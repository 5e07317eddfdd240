// Output adapter `directory`: the files that the program leaves in a folder, as a zip, or as the single file that is there.
import { CodedError } from '../../model/coded-error.js';
import type { CollectedOutput } from '../../model/run-result.js';
import { type LeftPlace, leftPlace, openLeftFile } from '../files/safe-open.js';
import { hasOwnCwd } from '../files/working-directory.js';
import { adapterPath } from '../io/adapter-path.js';
import type { OutputAdapter } from '../io/output-adapter.js';
import { ownPath } from '../io/own-path.js';
import type { RunContext } from '../run/run-context.js';
import { keepFile } from './keep-file.js';
import { type LeftEntry, listedIn, listTree } from './list-tree.js';
import { writeZip } from './write-zip.js';

export const directoryOutput: OutputAdapter = {
  /** In the run's own work directory the folder is created for the program. */
  async prepare(context: RunContext): Promise<void> {
    if (hasOwnCwd(context)) await ownPath(context, 'output', `${folderName(context)}/any`);
  },

  async collect(context: RunContext): Promise<CollectedOutput> {
    const folder = leftPlace(context, folderName(context));
    const entries = await listTree(folder);
    const { format, content_type } = context.output.parameters as { format?: string; content_type?: string };
    if (format === 'file') return { ...(await onlyFile(context, folder, entries)), contentType: content_type };
    if (entries.length === 0) throw new CodedError('output_error', `the program left nothing in '${folderName(context)}'`);
    const kept = await writeZip(context, folder, entries);
    return { source: 'file', ...kept, contentType: content_type, name: 'output.zip', note: noteOf(entries) };
  },
};

function folderName(context: RunContext): string {
  return adapterPath(context, context.output.parameters.directory ?? 'output', '') as string;
}

async function onlyFile(context: RunContext, folder: LeftPlace, entries: LeftEntry[]): Promise<CollectedOutput> {
  const files = entries.filter((entry) => !entry.directory);
  if (files.length !== 1) {
    throw new CodedError('output_error', `one file was expected in '${folderName(context)}', but there are ${files.length}`);
  }
  const kept = await keepFile(await openLeftFile(listedIn(folder, files[0].path)), context);
  return { source: 'file', ...kept, name: files[0].path.split('/').pop(), note: noteOf(files) };
}

/** Undefined: every name is as the program wrote it. */
function noteOf(entries: LeftEntry[]): string | undefined {
  const encoded = entries.filter((entry) => entry.encoded);
  if (encoded.length === 0) return undefined;
  const more = encoded.length > 1 ? ` and ${encoded.length - 1} more` : '';
  return `names that are not UTF-8 are percent-encoded: ${JSON.stringify(encoded[0].path.slice(0, 300))}${more}`;
}
