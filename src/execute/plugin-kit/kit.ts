// What process-registry/adapters provides to authors of adapters: the contracts, and the checks that every adapter passes.

import type { AdapterPlugin } from '../adapters/adapter-plugin.js';
import { inputCatalog } from '../input/catalog.js';
import { outputCatalog } from '../output/catalog.js';
import { type Check, type InputSubject, inputContract } from './input-contract.js';
import { type OutputSubject, outputContract } from './output-contract.js';

export type { AdapterPlugin, PluggedInput, PluggedOutput } from '../adapters/adapter-plugin.js';
export type { InputAdapter, MessageSink } from '../io/input-adapter.js';
export type { OutputAdapter, OutputFrame } from '../io/output-adapter.js';
export { messageOf } from '../run/message-stream.js';
export type { RunContext } from '../run/run-context.js';
export type { Check, InputSubject } from './input-contract.js';
export type { OutputSubject } from './output-contract.js';

/**
 * The checks that an adapter must pass, each with its name: for node:test, vitest, or a plain loop. The checks start real programs.
 * `plugin`: the default export of the module whose adapters the subjects use.
 */
export function adapterContract({ plugin, input, output }: Contracted): Check[] {
  for (const { type, adapter } of plugin?.input ?? []) inputCatalog.set(type, adapter);
  for (const { type, adapter } of plugin?.output ?? []) outputCatalog.set(type, adapter);
  return [...(input ? inputContract(input) : []), ...(output ? outputContract(output) : [])];
}

export interface Contracted {
  plugin?: AdapterPlugin;
  input?: InputSubject;
  output?: OutputSubject;
}
