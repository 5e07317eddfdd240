// A schema as the readers of OpenAPI documents take it: what they refuse, and what could never hold, is left out or said in another way that means the same.
import type { Schema } from '../../definitions/own-schema.js';
import { isOfType } from './plain-misfit.js';

/** Of one schema, whose parts have been mended before; `misfits`: whether a value is not what the schema as it is declared asks for. */
export function mended({ items, pattern, examples, ...rest }: Schema, misfits: (value: unknown) => boolean): Schema {
  const shown: Schema = { ...rest };
  const types = [rest.type ?? []].flat();
  const only = types.length === 1 ? types[0] : undefined;
  if (types.includes('array') && (items === undefined || items === true)) shown.items = {};
  else if (items !== undefined && only !== 'object') shown.items = items === false ? { not: {} } : items;
  if (only === 'array') delete shown.properties;
  if (isPattern(pattern)) shown.pattern = pattern;
  const possible = Array.isArray(rest.enum) ? rest.enum.filter((value) => isOfType(value, types)) : [];
  if (possible.length > 0) shown.enum = [...new Set(possible)];
  if (rest.default !== undefined && misfits(rest.default)) delete shown.default;
  const fitting = Array.isArray(examples) ? examples.filter((value) => !misfits(value)) : [];
  if (fitting.length > 0) shown.examples = fitting;
  return shown;
}

/** Patterns here are those of RE2, in the document those of ECMAScript. */
function isPattern(pattern: unknown): pattern is string {
  if (typeof pattern !== 'string') return false;
  try {
    new RegExp(pattern, 'u');
    return true;
  } catch {
    return false;
  }
}
