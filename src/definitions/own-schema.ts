// The schemas of declared parameters as any reader of JSON Schema understands them: without our own keywords, and with references that hold where they stand.
import type { ParameterSchema, ParametersSchema } from '../model/definition.js';

type Schema = Record<string, unknown>;

/** Values of these keywords are data, not schemas. */
const data = new Set(['enum', 'const', 'default', 'examples', 'example']);
/** Values of these are schemas by names, which may be those of keywords. */
const maps = new Set(['properties', 'patternProperties', 'dependentSchemas', '$defs', 'definitions']);
/** Our own keywords. */
const own = ['secret', 'allow_leading_dash'];
/** Where schemas keep those that they share. */
const sharedForm = /^#\/(?:\$defs|definitions)\/([^/]+)/;

/** What differs between the places where a schema is to stand. */
export interface SchemaForm {
  /** Besides our own keywords. */
  leftOut: string[];
  refer: (reference: string) => string;
  /** In place of the schema of a file, of which only this much is left. */
  file: (described: Schema) => Schema;
  /** What is added to the schema of a secret. */
  secret: Schema;
}

/** The form for a schema that stands alone. */
export const aloneForm: Omit<SchemaForm, 'file'> = { leftOut: [], refer: (reference) => reference, secret: {} };

/** `root` is where the document has the parameters' schema as a whole, to which `$ref: "#/…"` refers. */
export function schemaInDocument(schema: unknown, root: string): unknown {
  return schemaIn(schema, {
    // these have a place of their own in the document
    leftOut: ['$defs', 'definitions'],
    refer: (reference) => placeOf(reference, root),
    file: (described) => ({ ...described, type: 'string', format: 'binary' }),
    // how Swagger UI shows a field that must not be read over a shoulder
    secret: { format: 'password' },
  });
}

export function schemaIn(schema: unknown, form: SchemaForm): unknown {
  if (Array.isArray(schema)) return schema.map((one) => schemaIn(one, form));
  if (typeof schema !== 'object' || schema === null) return schema;
  const { format, $ref, ...rest } = schema as ParameterSchema;
  if (format === 'file') return form.file(described(rest));
  const leftOut = [...own, ...form.leftOut];
  const entries = Object.entries(rest).filter(([key]) => !leftOut.includes(key));
  const inner = entries.map(([key, value]) => [key, data.has(key) ? value : (maps.has(key) ? mapIn : schemaIn)(value, form)]);
  const reference = typeof $ref === 'string' ? { $ref: form.refer($ref) } : {};
  const { secret, type } = schema as ParameterSchema;
  return {
    ...Object.fromEntries(inner),
    ...(format !== undefined && { format }),
    ...reference,
    ...(secret && type === 'string' && form.secret),
  };
}

function mapIn(schemas: unknown, form: SchemaForm): unknown {
  if (typeof schemas !== 'object' || schemas === null) return schemas;
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, schemaIn(schema, form)]));
}

function placeOf(reference: string, root: string): string {
  return sharedForm.test(reference) ? reference.replace(sharedForm, (_, name) => `${root}.${name}`) : root + reference.slice(1);
}

/** The schema of all parameters, and those that its parts share, by their names in the document. */
export function schemasInDocument(parameters: ParametersSchema, component: string): Record<string, unknown> {
  const root = `#/components/schemas/${component}`;
  const shared = { ...(parameters.definitions as object), ...(parameters.$defs as object) };
  const named = Object.entries(shared).map(([name, schema]) => [`${component}.${name}`, schemaInDocument(schema, root)]);
  return { [component]: schemaInDocument(parameters, root), ...Object.fromEntries(named) };
}

function described({ title, description }: Schema): Schema {
  return { ...(title !== undefined && { title }), ...(description !== undefined && { description }) };
}

/** Whether a schema refers to another part of itself. */
export function hasReferences(schema: unknown): boolean {
  return JSON.stringify(schema ?? null).includes('"$ref"');
}
