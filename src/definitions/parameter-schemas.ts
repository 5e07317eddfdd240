// Checks users' own JSON Schemas (`parameters`), and checks and completes values with them.
import type { ValidateFunction } from 'ajv';
import { argumentTexts, type ParametersSchema, type ProcessDefinition } from '../model/definition.js';
import { builtInPlaceholders, parseTemplate, placeholderNames } from '../model/placeholders.js';
import { compileSchema } from './compile-schema.js';
import { type Fault, type FaultList, listFaults, someNames } from './faults.js';
import { schemaChecks } from './schema-checks.js';
import { faultsOf } from './schema-faults.js';
import type { SchemaAnswer } from './schema-thread.js';
import { shownJson } from './shown-json.js';
import { costOf, isCheckedInPlace } from './small-schemas.js';

/** At this many schemas the oldest one is forgotten; it is compiled again when it is used again. */
const rememberedBound = 200;
const remembered = new Map<string, Known>();
const schemaLengthBound = 32 * 1024;
const propertyBound = 200;

/** `cost`: the cost of a check for each character of the value; undefined: the worker thread does the check. */
type Known = { cost: undefined } | { cost: number; validate: ValidateFunction } | { cost: number; fault: string };

/** `fault`: what is wrong with the schema, or with the schema together with these values; a sentence begins with the name of the schema. */
export type Checked = { values: Record<string, unknown> } | { list: FaultList } | { fault: string };

/** Coerces text to the declared types and a single value to a list, and fills in defaults. `user`: the user whose turn is used. Throws too_many_checks. */
export async function checkValues(user: number, schema: ParametersSchema, given: Record<string, unknown>): Promise<Checked> {
  const [text, value] = [JSON.stringify(schema), JSON.stringify(given)];
  const known = lookAt(schema, text);
  if (known.cost === undefined || !isCheckedInPlace({ cost: known.cost, length: value.length }))
    return checkedOf(await schemaChecks.run(user, { schema: text, value }));
  if ('fault' in known) return known;
  const values: Record<string, unknown> = JSON.parse(value);
  return known.validate(values) ? { values } : { list: faultsOf(known.validate.errors ?? [], '') };
}

function checkedOf(end: SchemaAnswer): Checked {
  if ('values' in end) return { values: JSON.parse(end.values) };
  return 'done' in end ? { values: {} } : end;
}

/** Compiles a schema here when it is small. */
function lookAt(schema: ParametersSchema, text: string): Known {
  const before = remembered.get(text);
  if (before) return before;
  const known = compiled(schema, costOf(schema, text));
  if (remembered.size >= rememberedBound) remembered.delete(remembered.keys().next().value as string);
  remembered.set(text, known);
  return known;
}

function compiled(schema: ParametersSchema, cost: number | undefined): Known {
  if (cost === undefined) return { cost };
  try {
    return { cost, validate: compileSchema(schema) };
  } catch (error) {
    return { cost, fault: `is not a valid JSON Schema: ${(error as Error).message}` };
  }
}

/** `user`: the user whose turn is used. Throws too_many_checks. */
export async function parameterSchemaFaults(definition: ProcessDefinition, user: number): Promise<FaultList> {
  const schema = definition.parameters;
  return listFaults(schema === undefined ? [] : ((await schemaFault(schema, user)) ?? placeFaults(definition, schema)));
}

async function schemaFault(schema: ParametersSchema, user: number): Promise<Fault[] | undefined> {
  if ((schema.type ?? 'object') !== 'object')
    return [{ path: 'parameters.type', message: `must be "object", got ${shownJson(schema.type)}` }];
  const text = JSON.stringify(schema);
  const large = text.length > schemaLengthBound || Object.keys(schema.properties ?? {}).length > propertyBound;
  if (large) return [{ path: 'parameters', message: `may have at most ${propertyBound} properties and ${schemaLengthBound} bytes` }];
  const known = lookAt(schema, text);
  const end = known.cost === undefined ? await schemaChecks.run(user, { schema: text }) : known;
  return 'fault' in end ? [{ path: 'parameters', message: end.fault }] : undefined;
}

function nameFaults({ properties = {} }: ParametersSchema): Fault[] {
  return Object.keys(properties).flatMap((name) => {
    const path = `parameters.properties.${name}`;
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return [{ path, message: 'the name must match [A-Za-z_][A-Za-z0-9_]*' }];
    if (name in Object.prototype) return [{ path, message: 'is a name that every JavaScript object has' }];
    const taken = (builtInPlaceholders as readonly string[]).includes(name);
    return taken ? [{ path, message: 'is the name of a built-in placeholder' }] : [];
  });
}

function* placeFaults(definition: ProcessDefinition, schema: ParametersSchema): Generator<Fault> {
  yield* nameFaults(schema);
  yield* argumentFaults(definition, schema);
  yield* optionalFaults(definition, schema);
}

/** Keywords that may require a parameter in their own way. */
const otherRequirements = ['anyOf', 'oneOf', 'allOf', 'if', '$ref', 'dependentRequired', 'dependentSchemas'];

/** Outside of groups a parameter must always have a value, so that no caller learns only later that it is required. */
function* optionalFaults(definition: ProcessDefinition, schema: ParametersSchema): Generator<Fault> {
  if (otherRequirements.some((keyword) => keyword in schema)) return;
  const { properties = {}, required = [] } = schema;
  const isOptional = (name: string) =>
    Object.hasOwn(properties, name) && !required.includes(name) && properties[name].default === undefined;
  const key = definition.argv === undefined ? 'args' : 'argv';
  for (const [index, element] of (definition[key] ?? []).entries()) {
    const name = typeof element === 'string' ? placeholderNames(element).find(isOptional) : undefined;
    if (name === undefined) continue;
    const group = JSON.stringify([element]);
    const message = `'${name}' is optional, and outside of a group it needs a value; write ${group}, which is left out without it, or list '${name}' in parameters.required, or give it a default`;
    yield { path: `${key}[${index}]`, message };
  }
}

/** An argument is repeated for each item of one list. */
function* argumentFaults(definition: ProcessDefinition, { properties = {} }: ParametersSchema): Generator<Fault> {
  for (const { path, text, each } of argumentTexts(definition)) {
    const isList = (name: string) => name !== each && properties[name]?.type === 'array';
    const lists = [...new Set(parseTemplate(text).flatMap((part) => ('name' in part && isList(part.name) ? [part.name] : [])))];
    if (lists.length > 1) yield { path, message: `names the lists ${someNames(lists)}; an argument can be repeated for one list only` };
  }
}
