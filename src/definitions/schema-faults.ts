// Checks a value against a JSON Schema and words every error as a fault with its path.
import type { ErrorObject, ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Fault } from './faults.js';

const ajv = new Ajv2020({ allErrors: true, strict: false, verbose: true });

/** A function that lists the faults of a value; `prefix` is the path of the value itself. */
export function schemaCheck(schema: object): (value: unknown, prefix?: string) => Fault[] {
  let validate: ValidateFunction | undefined;
  return (value, prefix = '') => {
    validate ??= ajv.compile(schema);
    return validate(value) ? [] : faultsOf(validate.errors ?? [], prefix);
  };
}

export function faultsOf(errors: ErrorObject[], prefix: string): Fault[] {
  const alternatives = errors.filter(({ keyword }) => keyword === 'anyOf');
  const reported = errors.filter(
    (error) =>
      error.keyword !== 'if' && !alternatives.some((other) => error !== other && error.schemaPath.startsWith(`${other.schemaPath}/`)),
  );
  const nameFaults = reported.filter((error) => error.propertyName === undefined);
  return nameFaults.map((error) => ({ path: pathOf(error, prefix), message: messageOf(error) }));
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
  const { keyword, params, data, parentSchema } = error;
  const value = shown(data);
  if (keyword === 'required') return 'is required';
  if (keyword === 'enum') return `${value} is not known; known are ${params.allowedValues.join(', ')}`;
  if (keyword === 'const') return `${value} is not known; known is ${params.allowedValue}`;
  if (keyword === 'type') return `must be ${[params.type].flat().join(' or ')}, not ${value}`;
  if (keyword === 'anyOf') return `must be ${parentSchema?.description ?? 'of one of the allowed forms'}, not ${value}`;
  if (keyword === 'propertyNames') return `the name ${shown(params.propertyName)} is not allowed; it must match ${namesPattern(error)}`;
  if (keyword === 'pattern') return `${value} must match ${params.pattern}`;
  if (keyword === 'minLength' && params.limit === 1) return 'must not be empty';
  return `${error.message}, not ${value}`;
}

function namesPattern({ parentSchema }: ErrorObject): string {
  return parentSchema?.propertyNames?.pattern ?? 'the allowed names';
}

/** The value, cut where it is long. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
