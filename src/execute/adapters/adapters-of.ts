// Finds the adapters that the definition of a context chose; the only place that asks whether this server has them.
import { CodedError } from '../../model/coded-error.js';
import { inputCatalog } from '../input/catalog.js';
import { typedChoice, typedInput } from '../input/typed-input.js';
import type { InputAdapter } from '../io/input-adapter.js';
import type { OutputAdapter } from '../io/output-adapter.js';
import { outputCatalog } from '../output/catalog.js';
import type { RunContext } from '../run/run-context.js';

type Chosen = Pick<RunContext, 'input' | 'output'>;

export function adaptersOf({ input, output }: Chosen): { input: InputAdapter; output: OutputAdapter } {
  const takesTyping = input === typedChoice;
  return {
    input: takesTyping ? typedInput : found(inputCatalog, input.kind, 'input'),
    output: found(outputCatalog, output.kind, 'output'),
  };
}

function found<Adapter>(catalog: ReadonlyMap<string, Adapter>, kind: string, side: string): Adapter {
  const adapter = catalog.get(kind);
  if (adapter) return adapter;
  throw new CodedError(
    'adapter_unavailable',
    `this server cannot run the ${side} adapter '${kind}'; it runs ${[...catalog.keys()].join(', ')}`,
  );
}
