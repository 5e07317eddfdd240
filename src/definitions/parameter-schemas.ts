// The users' own JSON Schemas (`parameters`): compiled, checked, remembered.
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { argumentTexts, type ParametersSchema, type ProcessDefinition } from '../protocol/definition.js';
import { builtInPlaceholders, parseTemplate } from '../protocol/placeholders.js';
import type { Fault } from './faults.js';

/** At the bound the oldest schema is forgotten; it is compiled again when it is used again. */
const rememberedBound = 500;
const remembered = new Map<string, ValidateFunction>();

/** Coerces text to the declared types, a single value to a list, and fills in defaults. */
export function parameterValidator(schema: ParametersSchema): ValidateFunction {
  const key = JSON.stringify(schema);
  let validate = remembered.get(key);
  if (!validate) {
    validate = newCompiler().compile({ type: 'object', ...schema });
    if (remembered.size >= rememberedBound) remembered.delete(remembered.keys().next().value as string);
    remembered.set(key, validate);
  }
  return validate;
}

/** A compiler of its own for each schema: `$id`s of different users must not meet. */
function newCompiler(): Ajv2020 {
  const ajv = new Ajv2020({ allErrors: true, strict: false, coerceTypes: 'array', useDefaults: true, verbose: true });
  (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
  return ajv.addFormat('file', true);
}

export function parameterSchemaFaults(definition: ProcessDefinition): Fault[] {
  const schema = definition.parameters;
  if (schema === undefined) return [];
  if ((schema.type ?? 'object') !== 'object') return [{ path: 'parameters.type', message: "must be 'object'" }];
  try {
    parameterValidator(schema);
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
