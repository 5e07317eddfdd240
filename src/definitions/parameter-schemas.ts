// The users' own JSON Schemas (`parameters`): compiled, checked, remembered.
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { RE2JS } from 're2js';
import { argumentTexts, type ParametersSchema, type ProcessDefinition } from '../protocol/definition.js';
import { builtInPlaceholders, parseTemplate } from '../protocol/placeholders.js';
import type { Fault } from './faults.js';

/** At the bound the oldest schema is forgotten; it is compiled again when it is used again. */
const rememberedBound = 200;
const remembered = new Map<string, ValidateFunction>();
/** Compiling takes time on everybody's account: as JSON text, and in parameters. */
const schemaBytesBound = 32 * 1024;
const propertyBound = 200;

/** Coerces text to the declared types, a single value to a list, and fills in defaults. */
export function parameterValidator(schema: ParametersSchema): ValidateFunction {
  const key = JSON.stringify(schema);
  let validate = remembered.get(key);
  if (!validate) {
    validate = compile(schema);
    if (remembered.size >= rememberedBound) remembered.delete(remembered.keys().next().value as string);
    remembered.set(key, validate);
  }
  return validate;
}

/** Patterns run in linear time (RE2): a caller's value must not be able to hold up the server. */
const linear = Object.assign(
  (pattern: string) => {
    const compiled = RE2JS.compile(pattern);
    // ajv tells patterns apart by their text
    return { test: (text: string) => compiled.matcher(text).find(), toString: () => pattern } as RegExp;
  },
  { code: '' },
);

/** A compiler of its own for each schema: `$id`s of different users must not meet. */
function compile(schema: ParametersSchema): ValidateFunction {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: false,
    coerceTypes: 'array',
    useDefaults: true,
    verbose: true,
    code: { regExp: linear },
  });
  (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
  return ajv.addFormat('file', true).compile({ type: 'object', ...schema });
}

export function parameterSchemaFaults(definition: ProcessDefinition): Fault[] {
  const schema = definition.parameters;
  if (schema === undefined) return [];
  if ((schema.type ?? 'object') !== 'object') return [{ path: 'parameters.type', message: "must be 'object'" }];
  const large = JSON.stringify(schema).length > schemaBytesBound || Object.keys(schema.properties ?? {}).length > propertyBound;
  if (large) return [{ path: 'parameters', message: `may have at most ${propertyBound} properties and ${schemaBytesBound} bytes` }];
  try {
    compile(schema);
  } catch (error) {
    return [{ path: 'parameters', message: `is not a valid JSON Schema: ${(error as Error).message}` }];
  }
  return [...nameFaults(schema), ...listFaults(definition, schema)];
}

function nameFaults({ properties = {} }: ParametersSchema): Fault[] {
  return Object.keys(properties).flatMap((name) => {
    const path = `parameters.properties.${name}`;
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return [{ path, message: 'the name must match [A-Za-z_][A-Za-z0-9_]*' }];
    const taken = (builtInPlaceholders as readonly string[]).includes(name);
    return taken ? [{ path, message: 'is the name of a built-in placeholder' }] : [];
  });
}

/** A list may only fill a whole argument. */
function listFaults(definition: ProcessDefinition, { properties = {} }: ParametersSchema): Fault[] {
  return argumentTexts(definition).flatMap(({ path, text }) => {
    const parts = parseTemplate(text);
    if (parts.length === 1) return [];
    const list = parts.find((part) => 'name' in part && properties[part.name]?.type === 'array');
    return list && 'source' in list ? [{ path, message: `${list.source} is a list; it must fill the whole argument` }] : [];
  });
}
