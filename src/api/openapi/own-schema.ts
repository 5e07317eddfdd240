// The schemas of declared parameters as any reader of OpenAPI 3.1 understands them: without our own keywords, and with references that hold in the document.
import type { ParameterSchema, ParametersSchema } from '../../model/definition.js';

type Schema = Record<string, unknown>;

/** Values of these keywords are data, not schemas. */
const data = new Set(['enum', 'const', 'default', 'examples', 'example']);
/** Our own keywords, and the schemas that have a place of their own in the document. */
const left = new Set(['secret', 'allow_leading_dash', '$defs', 'definitions']);
/** Where schemas keep those that they share. */
const sharedForm = /^#\/(?:\$defs|definitions)\/([^/]+)/;
const file = { type: 'string', format: 'binary' };

/** `root` is where the document has the parameters' schema as a whole, to which `$ref: "#/…"` refers. */
export function schemaInDocument(schema: unknown, root: string): unknown {
  if (Array.isArray(schema)) return schema.map((one) => schemaInDocument(one, root));
  if (typeof schema !== 'object' || schema === null) return schema;
  const { format, $ref, ...rest } = schema as ParameterSchema;
  if (format === 'file') return { ...described(rest), ...file };
  const entries = Object.entries(rest).filter(([key]) => !left.has(key));
  const inner = entries.map(([key, value]) => [key, data.has(key) ? value : schemaInDocument(value, root)]);
  const reference = typeof $ref === 'string' ? { $ref: placeOf($ref, root) } : {};
  return {
    ...Object.fromEntries(inner),
    ...(format !== undefined && { format }),
    ...reference,
    ...passwordForm(schema as ParameterSchema),
  };
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

/** How Swagger UI shows a field that must not be read over a shoulder. */
function passwordForm({ secret, type }: ParameterSchema): Schema {
  return secret && type === 'string' ? { format: 'password' } : {};
}

function described({ title, description }: Schema): Schema {
  return { ...(title !== undefined && { title }), ...(description !== undefined && { description }) };
}

/** Whether a schema refers to another part of itself. */
export function hasReferences(schema: unknown): boolean {
  return JSON.stringify(schema ?? null).includes('"$ref"');
}
