// The values of placeholders as people may see them: secrets as ***, paths of the server as their placeholder.
import { inputAdapters, outputAdapters } from './adapters.js';
import type { PlaceholderValues } from './arguments.js';
import { declaredParameters, type ProcessDefinition } from './definition.js';
import { builtInPlaceholders } from './placeholders.js';

export function shownValues(definition: ProcessDefinition, parameters: Record<string, unknown>): PlaceholderValues {
  const shown: PlaceholderValues = Object.fromEntries(offered().map((name) => [name, `\${${name}}`]));
  for (const [name, schema] of Object.entries(declaredParameters(definition))) {
    if (parameters[name] !== undefined) shown[name] = schema.secret ? '***' : parameters[name];
  }
  return shown;
}

/** What adapters give a value to. */
function offered(): string[] {
  return [...builtInPlaceholders, ...[...inputAdapters, ...outputAdapters].flatMap(({ offers }) => offers ?? [])];
}
