// Input adapter `file` with a file_path: the program gets the path of a file that holds the message.
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { CodedError } from '../../model/coded-error.js';
import { fileNameFault } from '../../model/file-names.js';
import type { LaunchSpec } from '../../worker/launcher.js';
import { copyInto, makeFile } from '../files/safe-create.js';
import { adapterPath } from '../io/adapter-path.js';
import type { InputAdapter } from '../io/input-adapter.js';
import { ownPath } from '../io/own-path.js';
import type { RunContext } from '../run/run-context.js';
import { pipeMessage } from './pipe-message.js';

export const messageFile: InputAdapter = {
  async prepare(context: RunContext): Promise<LaunchSpec['stdin']> {
    const path = await messagePath(context);
    await writeMessage(context, path);
    context.values.input_file = path;
    return 'empty';
  },

  async deliver(): Promise<void> {},
};

async function messagePath(context: RunContext): Promise<string> {
  const own = adapterPath(context, context.input.parameters.file_path, 'input_file');
  if (own) return ownPath(context, 'input', own);
  return join(await context.directory.makeFolder(join(context.directory.root, 'in')), fileName(context));
}

/** The name that the caller gave, or `input` with the adapter's extension, or with an extension guessed from the request. */
function fileName({ order, input }: RunContext): string {
  const { name, extension } = order.inputFile;
  if (name && fileNameFault(name) === undefined) return name;
  const chosen = String(input.parameters.extension ?? extension ?? '').replace(/^\./, '');
  return chosen ? `input.${chosen}` : 'input';
}

async function writeMessage({ order, message, directory }: RunContext, path: string): Promise<void> {
  if (order.message.kind === 'file') return copyInto(directory, order.message.path, path);
  const file = await makeFile(directory, path);
  try {
    if (order.message.kind === 'inline') await file.writeFile(Buffer.from(order.message.base64, 'base64'));
    if (message) await pourInto(file, message);
  } finally {
    await file.close();
  }
}

async function pourInto(file: FileHandle, message: Readable): Promise<void> {
  const sink = file.createWriteStream();
  await pipeMessage(message, sink);
  if (sink.errored) throw new CodedError('input_error', `the message cannot be written: ${sink.errored.message}`);
}
