// Redacts the values of placeholders for people: secrets become ***, paths of the server become their placeholders.
import { pluggedPlaceholders } from './adapters.js';
import type { PlaceholderValues } from './arguments.js';
import { declaredParameters, type ProcessDefinition } from './definition.js';
import { builtInPlaceholders } from './placeholders.js';

const builtIn: PlaceholderValues = Object.fromEntries(builtInPlaceholders.map((name) => [name, `\${${name}}`]));

/** Stands for a value that is not shown. */
export const secretMask = '***';

/** Keeps only the names. */
export function hiddenValues(values: object): Record<string, string> {
  return Object.fromEntries(Object.keys(values).map((name) => [name, secretMask]));
}

export function shownValues(definition: ProcessDefinition, parameters: Record<string, unknown>): PlaceholderValues {
  const shown = { ...builtIn };
  for (const name of pluggedPlaceholders) shown[name] = `\${${name}}`;
  for (const [name, schema] of Object.entries(declaredParameters(definition))) {
    if (parameters[name] !== undefined) shown[name] = schema.secret ? secretMask : parameters[name];
  }
  return shown;
}
