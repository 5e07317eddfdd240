// Tells values that plainly do not fit a JSON Schema, without compiling it: a document has thousands of schemas, and few values.
import { RE2JS } from 're2js';
import type { Schema } from '../../definitions/own-schema.js';
import { referredSchema } from './schema-reference.js';

export function isOfType(value: unknown, types: unknown[]): boolean {
  return types.length === 0 || types.some((type) => (type === 'number' && typeof value === 'number') || type === typeOf(value));
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

/**
 * Whether a value plainly is not what its schema asks for: by its type, its choices, its bounds and its parts. Formats, conditions and what is left over
 * (`unevaluatedProperties`) are not looked at. `root`: what references of the schema refer to; none of them leads back to itself for the same value.
 */
export function isMisfit(value: unknown, schema: unknown, root: object): boolean {
  if (typeof schema !== 'object' || schema === null) return schema === false;
  const { type, enum: choices, const: only, $ref, $dynamicRef, allOf, anyOf, oneOf } = schema as Schema;
  const isUnfit = (one: unknown) => isMisfit(value, one, root);
  if (!isOfType(value, [type ?? []].flat())) return true;
  if (Array.isArray(choices) && !choices.some((choice) => isSame(choice, value))) return true;
  if (only !== undefined && !isSame(only, value)) return true;
  if ([$ref, $dynamicRef].some((reference) => reference !== undefined && isUnfit(referredSchema(reference, root)))) return true;
  if (Array.isArray(allOf) && allOf.some(isUnfit)) return true;
  if ([anyOf, oneOf].some((list) => Array.isArray(list) && list.every(isUnfit))) return true;
  if (typeof value === 'number') return isOutside(value, schema as Schema);
  if (typeof value === 'string') return isTextMisfit(value, schema as Schema);
  const inner = { schema: schema as Schema, root };
  if (Array.isArray(value)) return isListMisfit(value, inner);
  return typeof value === 'object' && value !== null && isObjectMisfit(value as Schema, inner);
}

interface Within {
  schema: Schema;
  root: object;
}

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

function isOutside(value: number, { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf }: Schema): boolean {
  const isMultiple = typeof multipleOf !== 'number' || Number.isInteger(value / multipleOf);
  return (
    value < lowest(minimum) ||
    value > highest(maximum) ||
    value <= lowest(exclusiveMinimum) ||
    value >= highest(exclusiveMaximum) ||
    !isMultiple
  );
}

const lowest = (bound: unknown) => (typeof bound === 'number' ? bound : Number.NEGATIVE_INFINITY);
const highest = (bound: unknown) => (typeof bound === 'number' ? bound : Number.POSITIVE_INFINITY);

function isBeyond(size: number, schema: Schema, what: 'Length' | 'Items' | 'Properties'): boolean {
  return size < lowest(schema[`min${what}`]) || size > highest(schema[`max${what}`]);
}

function isTextMisfit(value: string, schema: Schema): boolean {
  if (isBeyond([...value].length, schema, 'Length')) return true;
  try {
    return typeof schema.pattern === 'string' && !RE2JS.compile(schema.pattern).matcher(value).find();
  } catch {
    return false;
  }
}

function isListMisfit(values: unknown[], { schema, root }: Within): boolean {
  if (isBeyond(values.length, schema, 'Items')) return true;
  if (schema.uniqueItems === true && new Set(values.map((value) => JSON.stringify(value))).size < values.length) return true;
  const first = Array.isArray(schema.prefixItems) ? schema.prefixItems : [];
  return values.some((value, index) => isMisfit(value, index < first.length ? first[index] : schema.items, root));
}

function isObjectMisfit(value: Schema, { schema, root }: Within): boolean {
  const { properties = {}, required, dependentRequired = {}, additionalProperties, patternProperties } = schema;
  const isMissing = (name: string) => !Object.hasOwn(value, name);
  if (Array.isArray(required) && required.some(isMissing)) return true;
  if (Object.entries(dependentRequired as Record<string, string[]>).some(([name, others]) => !isMissing(name) && others.some(isMissing)))
    return true;
  if (isBeyond(Object.keys(value).length, schema, 'Properties')) return true;
  return Object.entries(value).some(([name, inner]) => {
    if (Object.hasOwn(properties as object, name)) return isMisfit(inner, (properties as Schema)[name], root);
    return patternProperties === undefined && additionalProperties === false;
  });
}
