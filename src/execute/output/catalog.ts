// The output adapters that this server runs, by the kind that chooseOutput gives.
import type { OutputAdapter } from './contract.js';
import { leftDirectory } from './left-directory.js';
import { noOutput } from './no-output.js';
import { outputFile } from './output-file.js';
import { standardStream } from './standard-stream.js';

export const outputCatalog: ReadonlyMap<string, OutputAdapter> = new Map([
  ['stream', standardStream],
  ['file_path', outputFile],
  ['directory', leftDirectory],
  ['none', noOutput],
]);
