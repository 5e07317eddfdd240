// The input adapters that this server runs, by the kind that chooseInput gives; and that of runs that are typed to.
import type { InputAdapter } from './contract.js';
import { messageFile } from './message-file.js';
import { noInput } from './no-input.js';
import { standardInput } from './standard-input.js';
import { typedInput } from './typed-input.js';

export const inputCatalog: ReadonlyMap<string, InputAdapter> = new Map([
  ['stream', standardInput],
  ['file_path', messageFile],
  ['none', noInput],
  ['typed', typedInput],
]);
