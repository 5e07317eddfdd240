// Tells values that plainly do not fit a JSON Schema, without compiling it: a document has thousands of schemas, and few values in each.
import { RE2JS } from 're2js';
import type { Schema } from '../../definitions/own-schema.js';
import type { SchemaReferences } from './schema-reference.js';

export function isOfType(value: unknown, types: unknown[]): boolean {
  return types.length === 0 || types.some((type) => (type === 'number' && typeof value === 'number') || type === typeOf(value));
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

/** A longer value, as JSON, is not looked at. */
const longest = 1000;
/** So many comparisons of a value with a schema are made for one definition: those of a schema that branches could be millions. */
const most = 1000;

/** The values in one schema of parameters. Formats, conditions and what is left over (`unevaluatedProperties`) are not looked at. */
export class Misfits {
  private comparisons = 0;

  constructor(private readonly references: SchemaReferences) {}

  /** Whether a value plainly is not what a schema asks for: by its type, its choices, its bounds and its parts. */
  has(value: unknown, schema: unknown): boolean {
    return JSON.stringify(value).length <= longest && this.isMisfit(value, schema);
  }

  private isMisfit(value: unknown, schema: unknown): boolean {
    if (typeof schema !== 'object' || schema === null) return schema === false;
    if (++this.comparisons > most) return false;
    const { type, enum: choices, const: only, $ref, $dynamicRef, allOf, anyOf, oneOf } = schema as Schema;
    const isUnfit = (one: unknown) => this.isMisfit(value, one);
    if (!isOfType(value, [type ?? []].flat())) return true;
    if (Array.isArray(choices) && !choices.some((choice) => isSame(choice, value))) return true;
    if (only !== undefined && !isSame(only, value)) return true;
    if ([$ref, $dynamicRef].some((reference) => reference !== undefined && isUnfit(this.references.schema(reference)))) return true;
    if (Array.isArray(allOf) && allOf.some(isUnfit)) return true;
    if ([anyOf, oneOf].some((list) => Array.isArray(list) && list.every(isUnfit))) return true;
    if (typeof value === 'number') return isOutside(value, schema as Schema);
    if (typeof value === 'string') return isTextMisfit(value, schema as Schema);
    if (Array.isArray(value)) return this.isListMisfit(value, schema as Schema);
    return typeof value === 'object' && value !== null && this.isObjectMisfit(value as Schema, schema as Schema);
  }

  private isListMisfit(values: unknown[], schema: Schema): boolean {
    if (isBeyond(values.length, schema, 'Items')) return true;
    if (schema.uniqueItems === true && new Set(values.map((value) => JSON.stringify(value))).size < values.length) return true;
    const first = Array.isArray(schema.prefixItems) ? schema.prefixItems : [];
    return values.some((value, index) => this.isMisfit(value, index < first.length ? first[index] : schema.items));
  }

  private isObjectMisfit(value: Schema, schema: Schema): boolean {
    const { properties = {}, required = [], dependentRequired = {}, additionalProperties, patternProperties } = schema;
    const lacks = (names: string[]) => names.some((name) => !Object.hasOwn(value, name));
    const dependent = Object.entries(dependentRequired as Record<string, string[]>).filter(([name]) => Object.hasOwn(value, name));
    if (lacks(required as string[]) || dependent.some(([, names]) => lacks(names))) return true;
    if (isBeyond(Object.keys(value).length, schema, 'Properties')) return true;
    return Object.entries(value).some(([name, inner]) => {
      if (Object.hasOwn(properties as object, name)) return this.isMisfit(inner, (properties as Schema)[name]);
      return patternProperties === undefined && additionalProperties === false;
    });
  }
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
