// What a plugin module provides: adapters by the contracts of input/ and output/, each with its declaration.
import type { AdapterDeclaration } from '../../model/adapters.js';
import type { InputAdapter } from '../io/input-adapter.js';
import type { OutputAdapter } from '../io/output-adapter.js';

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
