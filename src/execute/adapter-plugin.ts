// What a plugin module gives: adapters by the contracts of input/ and output/, each with its declaration.
import type { AdapterDeclaration } from '../protocol/adapters.js';
import type { InputAdapter } from './input/contract.js';
import type { OutputAdapter } from './output/contract.js';

export interface PluggedInput extends AdapterDeclaration {
  adapter: InputAdapter;
}

export interface PluggedOutput extends AdapterDeclaration {
  adapter: OutputAdapter;
}

/** The default export of the module. */
export interface AdapterPlugin {
  input?: PluggedInput[];
  output?: PluggedOutput[];
}
