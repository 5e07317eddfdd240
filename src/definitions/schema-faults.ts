// Checks a value against a JSON Schema of this product or of a plugin, and words every error as a fault with its path.
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Range } from '../model/bounds.js';
import { parseSizeBytes } from '../model/sizes.js';
import { type FaultList, joinFaults, listedFaults, listFaults, someNames } from './faults.js';
import { shownJson } from './shown-json.js';

/** With more values in it than this, only the first fault of a value is looked for: each may have several, and all of them take memory. */
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

/** What `value` holds, itself included; stops to count at the bound. */
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

/** Of texts; of numbers minimum and maximum speak, of a text that is no size the pattern. */
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

/** Whether a part of this path before its end is one of them. */
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

function messageOf(error: ErrorObject): string {
  const { keyword, params, parentSchema } = error;
  const value = shownJson(error.data);
  if (keyword === 'required') return 'is required';
  if (keyword === 'enum') return `${value} is not known; known are ${someNames(params.allowedValues.map(plain))}`;
  if (keyword === 'const') return `${value} is not known; known is ${plain(params.allowedValue)}`;
  if (keyword === 'type') return `must be ${[params.type].flat().join(' or ')}, not ${value}`;
  if (keyword === 'anyOf') return `must be ${parentSchema?.description ?? 'of one of the allowed forms'}, not ${value}`;
  if (keyword === 'propertyNames') return `the name ${shownJson(params.propertyName)} is not allowed; it must match ${namesPattern(error)}`;
  if (keyword === 'pattern' && parentSchema?.['x-size'])
    return `must be a size such as 512, 10KB or 4MiB, ${parentSchema.description}, not ${value}`;
  if (keyword === 'pattern') return `${value} must match ${params.pattern}`;
  if (keyword === 'x-size') return `must be a size ${parentSchema?.description}, not ${value}`;
  if (keyword === 'minLength' && params.limit === 1) return 'must not be empty';
  if (keyword === 'minimum' || keyword === 'maximum') return `must be ${rangeOf(error)}, not ${value}`;
  return `${error.message}, not ${value}`;
}

/** Both ends where there are both. */
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
