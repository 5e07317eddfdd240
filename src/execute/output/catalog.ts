// The output adapters that this server runs, by the kind that chooseOutput returns.

import type { OutputAdapter } from '../io/output-adapter.js';
import { appendOutput } from './append-output.js';
import { directoryOutput } from './directory-output.js';
import { noOutput } from './no-output.js';
import { outputFile } from './output-file.js';
import { pipeOutput } from './pipe-output.js';
import { portOutput } from './port-output.js';
import { standardStream } from './standard-stream.js';

export const outputCatalog = new Map<string, OutputAdapter>([
  ['stream', standardStream],
  ['file_path', outputFile],
  ['append', appendOutput],
  ['port', portOutput],
  ['pipe', pipeOutput],
  ['directory', directoryOutput],
  ['none', noOutput],
]);
