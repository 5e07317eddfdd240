// Decides which of the users' JSON Schemas are checked in place: those with a predictable and small cost.
import type { ParametersSchema } from '../model/definition.js';

const depthBound = 4;
/** The longest schema that is compiled in place: compiling takes 5 ms for each KiB. */
const lengthBound = 2 * 1024;
const valueBound = 64 * 1024;
/** The bound of characters of the schema times characters of the value, since each may meet each: some 20 ms. */
const workBound = 4 * 2 ** 20;
/** A pattern takes as long for each character of the value as an enum for sixteen. */
const patternCost = 16;
/** The bound for patterns: a compiled pattern grows with its counts, and with classes of Unicode. */
const patternBound = 1000;
const classCost = 50;

/** Keywords that look at a value once, or say nothing about it. */
const plain = new Set(
  `type enum const required minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength minItems maxItems minProperties
  maxProperties default title description examples deprecated readOnly writeOnly $schema $comment secret allow_leading_dash`.split(/\s+/),
);
const innerSchema = new Set(['items', 'additionalProperties', 'propertyNames']);

/** What a check costs for each character of the value; undefined: the cost is unknown. `text`: the schema as JSON. */
export function costOf(schema: ParametersSchema, text: string): number | undefined {
  if (text.length > lengthBound) return undefined;
  const patterns = patternsCost(schema, 1);
  return patterns === undefined ? undefined : text.length + patterns * patternCost;
}

/** `length`: the number of characters of the value as JSON. */
export function isCheckedInPlace(inPlace: { cost: number; length: number }): boolean {
  return inPlace.length <= valueBound && inPlace.cost * inPlace.length <= workBound;
}

/** The cost of all patterns in the schema; undefined when it is not small. */
function patternsCost(schema: unknown, depth: number): number | undefined {
  if (typeof schema !== 'object' || schema === null) return 0;
  if (depth > depthBound) return undefined;
  let sum = 0;
  for (const [keyword, value] of Object.entries(schema)) {
    const cost = keywordCost(keyword, value, depth);
    if (cost === undefined) return undefined;
    sum += cost;
  }
  return sum;
}

function keywordCost(keyword: string, value: unknown, depth: number): number | undefined {
  if (plain.has(keyword)) return 0;
  if (innerSchema.has(keyword)) return patternsCost(value, depth + 1);
  if (keyword === 'format') return value === 'regex' ? undefined : 0;
  if (keyword === 'pattern') return patternCostOf(String(value));
  if (keyword !== 'properties') return undefined;
  const costs = Object.values(value as object).map((inner) => patternsCost(inner, depth + 1));
  return costs.reduce((sum, cost) => (sum === undefined || cost === undefined ? undefined : sum + cost), 0);
}

function patternCostOf(pattern: string): number | undefined {
  const counts = [...pattern.matchAll(/\{(\d*),?(\d*)\}/g)].map(([, low, high]) => Math.max(1, Number(low), Number(high)));
  const classes = pattern.split(/\\p/i).length - 1;
  const cost = (pattern.length + classes * classCost) * counts.reduce((product, count) => product * count, 1);
  return cost > patternBound ? undefined : cost;
}
