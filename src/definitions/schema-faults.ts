// Checks a value against a JSON Schema of this product or of a plugin, and describes every error as a fault with its path.
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Range } from '../model/bounds.js';
import { parseSizeBytes } from '../model/sizes.js';
import { type FaultList, joinFaults, listedFaults, listFaults, someNames } from './faults.js';
import { shownJson } from './shown-json.js';

/** In a value with more nodes than this, only the first fault is looked for: each node may have several, and all of them take memory. */
const nodeBound = 10_000;

const [thorough, hasty] = [true, false].map((allErrors) => {
  const ajv = new Ajv2020({ allErrors, strict: false, verbose: true, ownProperties: true });
  return ajv.addKeyword({ keyword: 'x-size', schemaType: 'object', errors: false, validate: isSizeWithin });
});

/** A function that lists the faults of a value; `prefix` is the path of the value itself. */
export type SchemaCheck = (value: unknown, prefix?: string) => FaultList;

export function schemaCheck(schema: object): SchemaCheck {
  const compiled = new Map<Ajv2020, ValidateFunction>();
  return (value, prefix = '') => {
    const ajv = hasMoreNodes(value, nodeBound) ? hasty : thorough;
    const validate = compiled.get(ajv) ?? ajv.compile(schema);
    compiled.set(ajv, validate);
    return validate(value) ? joinFaults([]) : faultsOf(validate.errors ?? [], prefix);
  };
}

/** Whether `value` has more nodes than `bound`, itself included; stops counting at the bound. */
function hasMoreNodes(value: unknown, bound: number): boolean {
  const waiting: unknown[] = [value];
  for (let count = 0; waiting.length > 0; count++) {
    if (count + waiting.length > bound) return true;
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null) continue;
    for (const inner of Object.values(next)) if (waiting.push(inner) > bound) return true;
  }
  return false;
}

/** Checks sizes that are texts. Numbers are checked by minimum and maximum, and a text that is not a size by the pattern. */
function isSizeWithin({ from, to }: Range, value: unknown): boolean {
  const bytes = typeof value === 'string' ? parseSizeBytes(value) : undefined;
  return bytes === undefined || (bytes >= from && bytes <= to);
}

export function faultsOf(errors: ErrorObject[], prefix: string): FaultList {
  const alternatives = new Set(errors.filter(({ keyword }) => keyword === 'anyOf').map(({ schemaPath }) => schemaPath));
  const reported = errors.filter(
    ({ keyword, schemaPath, propertyName }) => keyword !== 'if' && propertyName === undefined && !isWithin(schemaPath, alternatives),
  );
  const { faults } = listFaults(
    reported.slice(0, listedFaults).map((error) => ({ path: pathOf(error, prefix), message: messageOf(error) })),
  );
  return { faults, more: reported.length - faults.length };
}

/** Whether this path is below one of the alternatives. */
function isWithin(schemaPath: string, alternatives: Set<string>): boolean {
  if (alternatives.size === 0) return false;
  for (let end = schemaPath.lastIndexOf('/'); end > 0; end = schemaPath.lastIndexOf('/', end - 1)) {
    if (alternatives.has(schemaPath.slice(0, end))) return true;
  }
  return false;
}

function pathOf({ instancePath, keyword, params }: ErrorObject, prefix: string): string {
  const parts = instancePath.split('/').slice(1).map(unescapePointer);
  if (keyword === 'required') parts.push(params.missingProperty);
  return parts.reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : path ? `${path}.${part}` : part), prefix);
}

function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** Which end of a length the keyword is, and of what. */
const bounds: Record<string, [end: string, unit: string] | undefined> = {
  minLength: ['at least', 'character'],
  maxLength: ['at most', 'character'],
  minItems: ['at least', 'item'],
  maxItems: ['at most', 'item'],
};

function messageOf(error: ErrorObject): string {
  const { keyword, params, parentSchema } = error;
  const value = shownJson(error.data);
  if (keyword === 'required') return 'is required';
  if (keyword === 'enum') return `must be one of ${someNames(params.allowedValues.map(plain))}, got ${value}`;
  if (keyword === 'const') return `must be ${plain(params.allowedValue)}, got ${value}`;
  if (keyword === 'type') return `must be ${[params.type].flat().join(' or ')}, got ${value}`;
  if (keyword === 'anyOf') return `must be ${parentSchema?.description ?? 'of one of the allowed forms'}, got ${value}`;
  if (keyword === 'propertyNames') return `the name ${shownJson(params.propertyName)} is not allowed; it must match ${namesPattern(error)}`;
  if (keyword === 'pattern' && parentSchema?.['x-size'])
    return `must be a size such as 512, 10KB or 4MiB, ${parentSchema.description}, got ${value}`;
  if (keyword === 'pattern') return `must match ${params.pattern}, got ${value}`;
  if (keyword === 'x-size') return `must be a size ${parentSchema?.description}, got ${value}`;
  if (keyword === 'minLength' && params.limit === 1) return 'must not be empty';
  const bound = bounds[keyword];
  if (bound) return `must have ${bound[0]} ${params.limit} ${bound[1]}${params.limit === 1 ? '' : 's'}, got ${value}`;
  if (keyword === 'minimum' || keyword === 'maximum') return `must be ${rangeOf(error)}, got ${value}`;
  return `${error.message}, got ${value}`;
}

/** The range as text, with both ends if both are given. */
function rangeOf({ params, parentSchema }: ErrorObject): string {
  const { minimum, maximum } = parentSchema ?? {};
  return minimum === undefined || maximum === undefined ? `${params.comparison} ${params.limit}` : `from ${minimum} to ${maximum}`;
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : shownJson(value);
}

function namesPattern({ parentSchema }: ErrorObject): string {
  return parentSchema?.propertyNames?.pattern ?? 'the allowed names';
}
