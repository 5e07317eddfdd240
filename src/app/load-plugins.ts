// Loads the modules of PLUGINS; each adds types of adapters that definitions may name.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { schemaCheck } from '../definitions/schema-faults.js';
import type { AdapterPlugin, PluggedInput, PluggedOutput } from '../execute/adapters/adapter-plugin.js';
import { inputCatalog } from '../execute/input/catalog.js';
import { outputCatalog } from '../execute/output/catalog.js';
import { declareAdapter } from '../model/adapters.js';

/** `paths` are relative to the cwd. Throws an Error in one line that names the module and says what is wrong with it. */
export async function loadPlugins(paths: string[]): Promise<void> {
  for (const path of paths) {
    try {
      const { default: plugin } = (await import(pathToFileURL(resolve(path)).href)) as { default?: AdapterPlugin };
      addPlugin(plugin);
    } catch (error) {
      const [line] = String((error as Error).message).split('\n');
      throw new Error(`PLUGINS: '${path}' cannot be used: ${line}`);
    }
  }
}

function addPlugin(plugin: AdapterPlugin | undefined): void {
  const { input = [], output = [] } = plugin ?? {};
  if (input.length + output.length === 0) throw new Error('the default export has no adapters under input or output');
  for (const one of input) {
    check(one, ['prepare', 'deliver']);
    declareAdapter('input', one);
    inputCatalog.set(one.type, one.adapter);
  }
  for (const one of output) {
    check(one, ['prepare', 'collect']);
    declareAdapter('output', one);
    outputCatalog.set(one.type, one.adapter);
  }
}

function check({ type, what, parameters, adapter }: PluggedInput | PluggedOutput, methods: string[]): void {
  if (!/^[a-z][a-z0-9_]{0,63}$/.test(type)) throw new Error(`the type of an adapter must match [a-z][a-z0-9_]{0,63}, got '${type}'`);
  if (typeof what !== 'string') throw new Error(`the adapter '${type}' has no description (what)`);
  if (parameters?.type !== 'object') throw new Error(`the parameters of the adapter '${type}' are not a JSON Schema of type object`);
  schemaCheck(parameters)({});
  const missing = methods.find((name) => typeof (adapter as unknown as Record<string, unknown>)?.[name] !== 'function');
  if (missing) throw new Error(`the adapter '${type}' has no ${missing}()`);
}
