// Coerces, completes and checks the values that a caller gives to the declared parameters, before anything starts.
import { CodedError } from '../model/coded-error.js';
import { declaredParameters, type ParameterSchema, type ProcessDefinition, takesFiles } from '../model/definition.js';
import { suggestions } from '../model/near-names.js';
import { parseTemplate, placeholderNames } from '../model/placeholders.js';
import { commandBound, commandLength } from './command-length.js';
import { type Fault, invalidParameters, listFaults, someNames } from './faults.js';
import { checkValues } from './parameter-schemas.js';

/** Returns the values to run with; throws invalid_parameters with the faults. `user`: the user on whose account they are checked. */
export async function checkParameters(
  user: number,
  definition: ProcessDefinition,
  given: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  if (definition.parameters === undefined && Object.keys(given).length === 0) return {};
  const declared = declaredParameters(definition);
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(declared, name));
  if (unknown.length > 0) {
    const suggest = suggestions(Object.keys(declared));
    const allowed = `allowed: ${someNames(Object.keys(declared)) || 'none'}`;
    throw invalidParameters(listFaults(unknown.map((path) => ({ path, message: `is not declared${suggest(path)}; ${allowed}` }))));
  }
  const checked = await checkValues(user, definition.parameters ?? {}, given);
  if ('fault' in checked) throw new CodedError('invalid_parameters', `the schema of the parameters ${checked.fault}`);
  if ('list' in checked) {
    const { faults, more } = checked.list;
    throw invalidParameters({ faults: faults.map((fault) => withoutSecret(fault, declared)), more });
  }
  const { values } = checked;
  const list = listFaults([...missingFaults(definition, values), ...dashFaults(definition, values), ...nulFaults(values)]);
  if (list.faults.length > 0) throw invalidParameters(list);
  refuseLongCommand(definition, values);
  return values;
}

function refuseLongCommand(definition: ProcessDefinition, values: Record<string, unknown>): void {
  const length = commandLength(definition, values);
  if (length <= commandBound) return;
  const message = `with these parameters the command has ${length} characters; a program can be given at most ${commandBound}`;
  throw new CodedError('invalid_parameters', message);
}

function withoutSecret(fault: Fault, declared: Record<string, ParameterSchema>): Fault {
  const name = fault.path.split(/[.[]/)[0];
  return declared[name]?.secret ? { path: fault.path, message: 'does not have the declared form' } : fault;
}

/** Outside groups every parameter needs a value. */
function missingFaults(definition: ProcessDefinition, values: Record<string, unknown>): Fault[] {
  const plain = (definition.argv ?? definition.args ?? []).filter((element) => typeof element === 'string');
  const texts = definition.cwd === undefined ? plain : [...plain, definition.cwd];
  const declared = declaredParameters(definition);
  const missing = texts.flatMap(placeholderNames).filter((name) => Object.hasOwn(declared, name) && values[name] === undefined);
  return [...new Set(missing)].map((path) => ({ path, message: 'has no value' }));
}

/** A caller's text that fills a whole argument must not become an option. */
function dashFaults(definition: ProcessDefinition, values: Record<string, unknown>): Fault[] {
  return [...wholeArguments(definition)].flatMap((name) => {
    const schema = declaredParameters(definition)[name];
    if (!schema || schema.allow_leading_dash || schema.enum || takesFiles(schema)) return [];
    const dashed = [values[name]].flat().some((value) => typeof value === 'string' && value.startsWith('-'));
    return dashed ? [{ path: name, message: "must not begin with '-', unless its declaration sets allow_leading_dash" }] : [];
  });
}

/** A NUL cannot be given to a program. */
function nulFaults(values: Record<string, unknown>): Fault[] {
  const names = Object.keys(values).filter((name) => JSON.stringify(values[name])?.includes('\\u0000'));
  return names.map((path) => ({ path, message: 'contains a NUL character, which cannot be given to a program' }));
}

/** The names of the placeholders that are a whole argument. */
function wholeArguments(definition: ProcessDefinition): Set<string> {
  const texts = (definition.argv ?? definition.args ?? []).flatMap((element) =>
    typeof element === 'string' ? [element] : Array.isArray(element) ? element : element.args,
  );
  const only = texts.map(parseTemplate).filter((parts) => parts.length === 1 && 'name' in parts[0]);
  return new Set(only.map(([part]) => ('name' in part ? part.name : '')));
}
