// Finds keys of a definition that nothing reads: unknown ones are kept, since other tools may use them, but a misspelt one should not go unseen.
import { type AdapterDeclaration, inputAdapters, outputAdapters } from '../model/adapters.js';
import type { ProcessDefinition } from '../model/definition.js';
import { definitionSchema } from '../model/definition-schema.js';
import { nearName } from '../model/near-names.js';
import { cut, type Fault, type FaultList, listedFaults } from './faults.js';

/** The parts of a JSON Schema that say which keys are known; without `properties` every key is a name of the user. */
interface KnownKeys {
  properties?: Record<string, KnownKeys>;
  items?: KnownKeys;
  anyOf?: KnownKeys[];
}

interface UnknownKey {
  /** The place of the object that has the key; '' for the definition itself. */
  holder: string;
  key: string;
  known: string[];
}

/** Everything that a schema of parameters may say (JSON Schema 2020-12), and the two keywords of this product. */
export const schemaKeywords = [
  ...['type', 'enum', 'const', 'default', 'format', 'pattern', 'minLength', 'maxLength', 'title', 'description', 'examples'],
  ...['multipleOf', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'items', 'prefixItems', 'contains', 'minItems'],
  ...['maxItems', 'minContains', 'maxContains', 'uniqueItems', 'properties', 'patternProperties', 'additionalProperties'],
  ...['propertyNames', 'required', 'minProperties', 'maxProperties', 'dependentRequired', 'dependentSchemas', 'unevaluatedItems'],
  ...['unevaluatedProperties', 'allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else', 'deprecated', 'readOnly', 'writeOnly'],
  ...['contentEncoding', 'contentMediaType', 'contentSchema', '$ref', '$defs', 'definitions', '$schema', '$id', '$anchor', '$comment'],
  ...['secret', 'allow_leading_dash'],
];

/** The first hundred are compared with the known keys; the others only count. */
export function unknownKeys(definition: ProcessDefinition): FaultList {
  const found = [...keysBeside(definition, definitionSchema as KnownKeys, ''), ...adapterKeys(definition), ...schemaKeys(definition)];
  const listed = found.slice(0, listedFaults);
  return { faults: listed.map(warningOf), more: found.length - listed.length };
}

function warningOf({ holder, key, known }: UnknownKey): Fault {
  const near = nearName(key, known);
  const where = holder === '' ? '' : ` in ${holder}`;
  const what = near === undefined ? 'it is kept and has no effect' : `did you mean \`${near}\`?`;
  return { path: holder === '' ? key : `${holder}.${key}`, message: `unknown key \`${cut(key, 80)}\`${where}; ${what}` };
}

function* keysBeside(value: unknown, schema: KnownKeys, place: string): Generator<UnknownKey> {
  const alternatives = [schema, ...(schema.anyOf ?? [])];
  if (Array.isArray(value)) {
    const items = alternatives.find((one) => one.items !== undefined)?.items;
    if (items) for (const [index, item] of value.entries()) yield* keysBeside(item, items, `${place}[${index}]`);
    return;
  }
  const all = alternatives.flatMap(({ properties }) => properties ?? []);
  if (typeof value !== 'object' || value === null || all.length === 0) return;
  const known: Record<string, KnownKeys> = Object.assign({}, ...all);
  for (const [key, inner] of Object.entries(value)) {
    if (Object.hasOwn(known, key)) yield* keysBeside(inner, known[key], place === '' ? key : `${place}.${key}`);
    else yield { holder: place, key, known: Object.keys(known) };
  }
}

function* adapterKeys({ input_adapter: input, output_adapter: output }: ProcessDefinition): Generator<UnknownKey> {
  const sides: [AdapterDeclaration[], string | undefined, Record<string, unknown>][] = [
    [inputAdapters, input?.input_type, { input_parameters: input?.input_parameters, input_params: input?.input_params }],
    [outputAdapters, output?.output_type, { output_parameters: output?.output_parameters, output_params: output?.output_params }],
  ];
  for (const [declared, type, given] of sides) {
    const parameters = declared.find((one) => one.type === type)?.parameters;
    const side = declared === inputAdapters ? 'input_adapter' : 'output_adapter';
    for (const [name, value] of Object.entries(given)) if (parameters) yield* keysBeside(value, parameters as KnownKeys, `${side}.${name}`);
  }
}

/** In the schema of the parameters, and in that of each of them. */
function* schemaKeys({ parameters }: ProcessDefinition): Generator<UnknownKey> {
  if (parameters === undefined) return;
  const schemas: [string, object][] = Object.entries(parameters.properties ?? {}).map(([name, one]) => [
    `parameters.properties.${name}`,
    one,
  ]);
  for (const [holder, schema] of [['parameters', parameters] as [string, object], ...schemas]) {
    if (typeof schema !== 'object' || schema === null) continue;
    // other keywords may be annotations of the user
    const misspelt = Object.keys(schema).filter((key) => !schemaKeywords.includes(key) && nearName(key, schemaKeywords) !== undefined);
    for (const key of misspelt) yield { holder, key, known: schemaKeywords };
  }
}
