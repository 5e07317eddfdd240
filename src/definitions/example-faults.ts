// Checks the bytes that the examples of a definition hold: what is not base64 would fail only when the examples are run.
import { type Content, declaredParameters, type ProcessDefinition, takesFiles } from '../model/definition.js';
import type { Fault } from './faults.js';

/** `definition.examples` has the right shape. */
export function* exampleFaults(definition: ProcessDefinition): Generator<Fault> {
  const declared = declaredParameters(definition);
  for (const [index, { message, expect, parameters = {} }] of (definition.examples ?? []).entries()) {
    const place = `examples[${index}]`;
    yield* base64Faults(`${place}.message`, message);
    yield* base64Faults(`${place}.expect`, expect);
    for (const [name, value] of Object.entries(parameters))
      if (takesFiles(declared[name])) for (const one of [value].flat()) yield* base64Faults(`${place}.parameters.${name}`, one as Content);
  }
}

function* base64Faults(path: string, content: Content | undefined): Generator<Fault> {
  if (typeof content !== 'object' || content === null || typeof content.base64 !== 'string' || isBase64(content.base64)) return;
  yield { path: `${path}.base64`, message: notBase64 };
}

/** What is wrong with an example that has a message. */
export const exampleMessageFault =
  'the definition takes no message: one with parameters does only if it has an input_adapter, such as {"input_type": "file"}';

export const notBase64 = 'is not base64 with its padding';

export function isBase64(text: string): boolean {
  return Buffer.from(text, 'base64').toString('base64') === text;
}
