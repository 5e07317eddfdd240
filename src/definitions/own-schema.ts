// The schemas of declared parameters as any reader of JSON Schema understands them: without our own keywords, and with references that hold in their place.
import type { ParameterSchema } from '../model/definition.js';

export type Schema = Record<string, unknown>;

/** Values of these keywords are data, not schemas. */
const data = new Set(['enum', 'const', 'default', 'examples', 'example', 'required', 'dependentRequired']);
/** Values of these are schemas by names, which may be those of keywords. */
const maps = new Set(['properties', 'patternProperties', 'dependentSchemas', '$defs', 'definitions']);
/** Our own keywords. */
const own = ['secret', 'allow_leading_dash'];

/** What differs between the places where a schema is to stand. */
export interface SchemaForm {
  /** Whether the place has a use for this keyword; our own ones never get there. */
  keeps: (keyword: string) => boolean;
  /** The references of a schema, in the words of the place. */
  refer: (references: { $ref?: unknown; $dynamicRef?: unknown }) => Schema;
  /** In place of the schema of a file, of which only this much is left. */
  file: (described: Schema) => Schema;
  /** What is added to the schema of a secret. */
  secret: Schema;
  /** What readers of the place could not take is mended last; `original`: the schema as it is declared. */
  mended: (shown: Schema, original: Schema) => Schema;
}

/** The form for a schema that stands alone. */
export const aloneForm: Omit<SchemaForm, 'file'> = {
  keeps: () => true,
  refer: (references) => references,
  secret: {},
  mended: (shown) => shown,
};

export function schemaIn(schema: unknown, form: SchemaForm): unknown {
  if (Array.isArray(schema)) return schema.map((one) => schemaIn(one, form));
  if (typeof schema !== 'object' || schema === null) return schema;
  const { format, $ref, $dynamicRef, ...rest } = schema as ParameterSchema;
  if (format === 'file') return form.file(described(rest));
  const kept = Object.entries(rest).filter(([key]) => !own.includes(key) && form.keeps(key));
  const shown = Object.fromEntries(
    kept.map(([key, value]) => [key, isData(key) ? value : (maps.has(key) ? mapIn : schemaIn)(value, form)]),
  );
  const references = { ...($ref !== undefined && { $ref }), ...($dynamicRef !== undefined && { $dynamicRef }) };
  const { secret, type } = schema as ParameterSchema;
  const whole = {
    ...shown,
    ...(format !== undefined && { format }),
    ...form.refer(references),
    ...(secret && type === 'string' && form.secret),
  };
  return form.mended(whole, schema as Schema);
}

/** What other tools add begins with x-, and is theirs to read. */
const isData = (key: string) => data.has(key) || key.startsWith('x-');

function mapIn(schemas: unknown, form: SchemaForm): unknown {
  if (typeof schemas !== 'object' || schemas === null) return schemas;
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, schemaIn(schema, form)]));
}

function described({ title, description }: Schema): Schema {
  return { ...(title !== undefined && { title }), ...(description !== undefined && { description }) };
}
