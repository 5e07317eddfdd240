// Compiles users' JSON Schemas, in whichever thread: what such a schema may say, and that it reaches nothing beyond itself.
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { RE2JS } from 're2js';
import type { ParametersSchema } from '../model/definition.js';
import { isEndless } from './endless-reference.js';

const dialect = /^https?:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/;

/** Patterns run in linear time (RE2): a caller's value must not be able to hold up the server. */
const linear = Object.assign(
  (pattern: string) => {
    const compiled = RE2JS.compile(pattern);
    // ajv tells patterns apart by their text
    return { test: (text: string) => compiled.matcher(text).find(), toString: () => pattern } as RegExp;
  },
  { code: '' },
);

/** Knows the metaschema, which takes longer to compile than most schemas of users. */
let shared: Ajv2020 | undefined;

/**
 * Coerces text to the declared types, a single value to a list, and fills in defaults. Throws an Error that says what is wrong with the
 * schema. Each has a compiler of its own: `$id`s of different users must not meet.
 */
export function compileSchema(schema: ParametersSchema): ValidateFunction {
  refuseFaults(schema);
  if (isEndless(schema)) throw new Error('a $ref in it leads back to itself, and a check by it would never end');
  const ajv = withFormats({
    allErrors: true,
    strict: false,
    coerceTypes: 'array',
    useDefaults: true,
    verbose: true,
    ownProperties: true,
    validateSchema: false,
    meta: false,
    inlineRefs: false,
    logger: false,
    // halves the time that compiling takes
    code: { regExp: linear, optimize: false },
  });
  return ajv.addFormat('file', true).compile({ type: 'object', ...schema });
}

function refuseFaults(schema: ParametersSchema): void {
  const { $schema } = schema;
  if ($schema !== undefined && !(typeof $schema === 'string' && dialect.test($schema)))
    throw new Error(`$schema must be https://json-schema.org/draft/2020-12/schema, not ${JSON.stringify($schema)}`);
  // of ajv: its results would be promises
  if (saysAsync(schema)) throw new Error('$async is not a keyword of JSON Schema');
  shared ??= withFormats({ strict: false, logger: false }).addFormat('regex', true);
  const { $schema: _said, ...rest } = schema;
  if (!shared.validateSchema(rest)) throw new Error(shared.errorsText(shared.errors, { dataVar: 'parameters' }));
}

function saysAsync(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return '$async' in value || Object.values(value).some(saysAsync);
}

function withFormats(options: ConstructorParameters<typeof Ajv2020>[0]): Ajv2020 {
  const ajv = new Ajv2020(options);
  (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
  return ajv;
}
