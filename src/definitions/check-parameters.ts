// The values that a caller gives to the declared parameters: coerced, completed, checked, before anything starts.
import { CodedError } from '../protocol/coded-error.js';
import { declaredParameters, type ParameterSchema, type ProcessDefinition } from '../protocol/definition.js';
import { parseTemplate, placeholderNames } from '../protocol/placeholders.js';
import type { Fault } from './faults.js';
import { parameterValidator } from './parameter-schemas.js';
import { faultsOf } from './schema-faults.js';

/** The values to run with; throws invalid_parameters with every fault. */
export function checkParameters(definition: ProcessDefinition, given: Record<string, unknown>): Record<string, unknown> {
  if (definition.parameters === undefined && Object.keys(given).length === 0) return {};
  const declared = declaredParameters(definition);
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(declared, name));
  if (unknown.length > 0) {
    const names = Object.keys(declared).join(', ') || 'none';
    throw invalid(unknown.map((name) => ({ path: name, message: `is not a declared parameter; declared are: ${names}` })));
  }
  const values: Record<string, unknown> = structuredClone(given);
  const validate = parameterValidator(definition.parameters ?? {});
  if (!validate(values)) throw invalid(faultsOf(validate.errors ?? [], '').map((fault) => withoutSecret(fault, declared)));
  const faults = [...missingFaults(definition, values), ...dashFaults(definition, values), ...nulFaults(values)];
  if (faults.length > 0) throw invalid(faults);
  return values;
}

function invalid(faults: Fault[]): CodedError {
  return new CodedError('invalid_parameters', faults.map(({ path, message }) => `parameter '${path}' ${message}`).join('; '), { faults });
}

function withoutSecret(fault: Fault, declared: Record<string, ParameterSchema>): Fault {
  const name = fault.path.split(/[.[]/)[0];
  return declared[name]?.secret ? { path: fault.path, message: 'does not have the declared form' } : fault;
}

/** Outside of groups every parameter needs a value. */
function missingFaults(definition: ProcessDefinition, values: Record<string, unknown>): Fault[] {
  const plain = (definition.argv ?? definition.args ?? []).filter((element) => typeof element === 'string');
  const texts = definition.cwd === undefined ? plain : [...plain, definition.cwd];
  const declared = declaredParameters(definition);
  const missing = texts.flatMap(placeholderNames).filter((name) => name in declared && values[name] === undefined);
  return [...new Set(missing)].map((path) => ({ path, message: 'has no value' }));
}

/** A caller's text that fills a whole argument must not become an option. */
function dashFaults(definition: ProcessDefinition, values: Record<string, unknown>): Fault[] {
  return [...wholeArguments(definition)].flatMap((name) => {
    const schema = declaredParameters(definition)[name];
    if (!schema || schema.allow_leading_dash || schema.enum || schema.format === 'file') return [];
    const dashed = [values[name]].flat().some((value) => typeof value === 'string' && value.startsWith('-'));
    return dashed ? [{ path: name, message: "must not begin with '-' (its declaration may say allow_leading_dash)" }] : [];
  });
}

/** No program can be given NUL. */
function nulFaults(values: Record<string, unknown>): Fault[] {
  const names = Object.keys(values).filter((name) => JSON.stringify(values[name])?.includes('\\u0000'));
  return names.map((path) => ({ path, message: 'contains a NUL character, which no program can be given' }));
}

/** The names of the placeholders that are a whole argument. */
function wholeArguments(definition: ProcessDefinition): Set<string> {
  const texts = (definition.argv ?? definition.args ?? []).flatMap((element) =>
    typeof element === 'string' ? [element] : Array.isArray(element) ? element : element.args,
  );
  const only = texts.map(parseTemplate).filter((parts) => parts.length === 1 && 'name' in parts[0]);
  return new Set(only.map(([part]) => ('name' in part ? part.name : '')));
}
