// Output adapter `file` with a file_path: the message is a file that the program leaves.
import { basename, join } from 'node:path';
import { CodedError } from '../../model/coded-error.js';
import { fileNameFault } from '../../model/file-names.js';
import type { CollectedOutput } from '../../model/run-result.js';
import { leftPlace, openLeftFile } from '../files/safe-open.js';
import { adapterPath } from '../io/adapter-path.js';
import type { OutputAdapter } from '../io/output-adapter.js';
import type { RunContext } from '../run/run-context.js';
import { keepFile } from './keep-file.js';

export const outputFile: OutputAdapter = {
  async prepare(context: RunContext): Promise<void> {
    if (adapterPath(context, context.output.parameters.file_path, 'output_file') !== undefined) return;
    const folder = await context.directory.makeFolder(join(context.directory.root, 'out'));
    context.values.output_file = join(folder, outputFileName(context));
  },

  async collect(context: RunContext): Promise<CollectedOutput> {
    const own = adapterPath(context, context.output.parameters.file_path, 'output_file');
    const path = own ?? outputFileName(context);
    const outside = { root: context.directory.root, path: `out/${path}`, user: context.directory.user };
    const file = await openLeftFile(own === undefined ? outside : leftPlace(context, own));
    const kept = await keepFile(file, context);
    const { content_type } = context.output.parameters as { content_type?: string };
    return { source: 'file', ...kept, contentType: content_type, name: basename(path) };
  },
};

/** The name that the caller asked for, or `output` with the adapter's extension, or with an extension guessed from the request. */
export function outputFileName({ order, output }: RunContext): string {
  const { name, extension } = order.outputFile;
  if (name !== undefined) {
    const fault = fileNameFault(name);
    if (fault) throw new CodedError('output_error', `the output's name '${name}' ${fault}`);
    return name;
  }
  const chosen = String(output.parameters.extension ?? extension ?? '').replace(/^\./, '');
  return chosen ? `output.${chosen}` : 'output';
}
