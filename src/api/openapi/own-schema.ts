// The schemas of declared parameters as any reader of OpenAPI 3.1 understands them: without our own keywords, and with references that hold in the document.
import type { ParameterSchema } from '../../model/definition.js';

type Schema = Record<string, unknown>;

/** Values of these keywords are data, not schemas. */
const data = new Set(['enum', 'const', 'default', 'examples', 'example']);
const ours = new Set(['secret', 'allow_leading_dash']);
const file = { type: 'string', format: 'binary' };

/** `root` is where the document has the parameters' schema as a whole, to which `$ref: "#/…"` refers. */
export function schemaInDocument(schema: unknown, root: string): unknown {
  if (Array.isArray(schema)) return schema.map((one) => schemaInDocument(one, root));
  if (typeof schema !== 'object' || schema === null) return schema;
  const { format, $ref, ...rest } = schema as ParameterSchema;
  if (format === 'file') return { ...described(rest), ...file };
  const entries = Object.entries(rest).filter(([key]) => !ours.has(key));
  const inner = entries.map(([key, value]) => [key, data.has(key) ? value : schemaInDocument(value, root)]);
  const reference = typeof $ref === 'string' ? { $ref: root + $ref.slice(1) } : {};
  return {
    ...Object.fromEntries(inner),
    ...(format !== undefined && { format }),
    ...reference,
    ...passwordForm(schema as ParameterSchema),
  };
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
