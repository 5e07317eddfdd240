// The input adapters that this server runs, by the kind that chooseInput gives; and that of runs that are typed to.
import { appendInput } from './append-input.js';
import type { InputAdapter } from './contract.js';
import { messageFile } from './message-file.js';
import { noInput } from './no-input.js';
import { pipeInput } from './pipe-input.js';
import { portInput } from './port-input.js';
import { standardInput } from './standard-input.js';
import { typedInput } from './typed-input.js';

export const inputCatalog = new Map<string, InputAdapter>([
  ['stream', standardInput],
  ['file_path', messageFile],
  ['append', appendInput],
  ['port', portInput],
  ['pipe', pipeInput],
  ['none', noInput],
  ['typed', typedInput],
]);
