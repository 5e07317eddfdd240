// What follows from a definition alone, computed once for a definition that cannot change any more: without this a run parses the templates and
// chooses the adapters of its definition a dozen times (10 of 130 KB that a run allocated).
import type { ProcessDefinition } from './definition.js';

/** A definition that may still change, such as a draft, is asked anew each time. */
export function perDefinition<Value>(compute: (definition: ProcessDefinition) => Value): (definition: ProcessDefinition) => Value {
  const known = new WeakMap<ProcessDefinition, Value>();
  return (definition) => {
    if (known.has(definition)) return known.get(definition) as Value;
    const value = compute(definition);
    if (Object.isFrozen(definition)) known.set(definition, value);
    return value;
  };
}
