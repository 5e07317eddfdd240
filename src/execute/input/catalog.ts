// The input adapters that this server runs, by the kind that chooseInput returns.

import type { InputAdapter } from '../io/input-adapter.js';
import { appendInput } from './append-input.js';
import { messageFile } from './message-file.js';
import { noInput } from './no-input.js';
import { pipeInput } from './pipe-input.js';
import { portInput } from './port-input.js';
import { standardInput } from './standard-input.js';

export const inputCatalog = new Map<string, InputAdapter>([
  ['stream', standardInput],
  ['file_path', messageFile],
  ['append', appendInput],
  ['port', portInput],
  ['pipe', pipeInput],
  ['none', noInput],
]);
