// Compiles users' JSON Schemas, in either thread, and ensures that such a schema reaches nothing beyond itself.
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { RE2JS } from 're2js';
import type { ParametersSchema } from '../model/definition.js';
import { isEndless } from './endless-reference.js';
import { faultsOf } from './schema-faults.js';

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

/** The shared compiler, which knows the metaschema: compiling it takes longer than most schemas of users. */
let shared: Ajv2020 | undefined;

/**
 * The compiled schema coerces text to the declared types and a single value to a list, and fills in defaults. Throws an Error that says what is wrong with the
 * schema. Each schema has its own compiler, because the `$id`s of different users must not meet.
 */
export function compileSchema(schema: ParametersSchema): ValidateFunction {
  refuseFaults(schema);
  if (isEndless(schema)) throw new Error('a $ref in the schema leads back to itself, so that a check would never end');
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
    // without optimizing, compiling takes half the time
    code: { regExp: linear, optimize: false },
  });
  return ajv.addFormat('file', true).compile({ type: 'object', ...schema });
}

function refuseFaults(schema: ParametersSchema): void {
  const { $schema } = schema;
  if ($schema !== undefined && !(typeof $schema === 'string' && dialect.test($schema)))
    throw new Error(`$schema must be https://json-schema.org/draft/2020-12/schema, got ${JSON.stringify($schema)}`);
  // $async is a keyword of ajv, with which results would be promises
  if (saysAsync(schema)) throw new Error('$async is not a keyword of JSON Schema');
  shared ??= withFormats({ strict: false, logger: false, verbose: true }).addFormat('regex', true);
  const { $schema: _said, ...rest } = schema;
  if (!shared.validateSchema(rest)) throw new Error(explained(shared.errors ?? []));
}

/** Of a type that does not exist the metaschema has three errors, of which one names the types. */
function explained(errors: ErrorObject[]): string {
  const naming = errors.filter(({ keyword }) => keyword === 'enum');
  const { faults } = faultsOf(naming.length > 0 ? naming : errors, 'parameters');
  return faults.map(({ path, message }) => `${path} ${message}`).join(', ');
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
