// Finds out whether a JSON Schema refers to itself for the same part of a value: a check with such a schema would never end.

type Schema = Record<string, unknown>;

/** The keywords whose schemas apply to the same value. */
const oneSchema = ['not', 'if', 'then', 'else'];
const listsOfSchemas = ['allOf', 'anyOf', 'oneOf'];
const references = ['$ref', '$dynamicRef'];

/** References that cannot be followed here are left to the check itself. */
export function isEndless(root: Schema): boolean {
  const anchors = new Map<string, Schema>();
  const all = everySchema(root, anchors);
  const done = new Set<Schema>();
  const open = new Set<Schema>();
  const leadsBack = (schema: Schema): boolean => {
    if (done.has(schema)) return false;
    if (open.has(schema)) return true;
    open.add(schema);
    if (sameValue(schema, { root, anchors }).some(leadsBack)) return true;
    open.delete(schema);
    done.add(schema);
    return false;
  };
  return all.some(leadsBack);
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every object in the schema, whether it is itself a schema or not. */
function everySchema(root: Schema, anchors: Map<string, Schema>): Schema[] {
  const found: Schema[] = [];
  const waiting: unknown[] = [root];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    waiting.push(...Object.values(next));
    if (!isSchema(next)) continue;
    found.push(next);
    for (const name of [next.$anchor, next.$dynamicAnchor]) if (typeof name === 'string') anchors.set(name, next);
  }
  return found;
}

interface Where {
  root: Schema;
  anchors: Map<string, Schema>;
}

/** The further schemas that the value of this schema must fulfil, or may have to fulfil. */
function sameValue(schema: Schema, where: Where): Schema[] {
  const referred = references.map((key) => resolved(schema[key], where));
  const listed = listsOfSchemas.flatMap((key) => (Array.isArray(schema[key]) ? schema[key] : []));
  const dependent = isSchema(schema.dependentSchemas) ? Object.values(schema.dependentSchemas) : [];
  return [...referred, ...listed, ...dependent, ...oneSchema.map((key) => schema[key])].filter(isSchema);
}

/** `#`, `#/$defs/name` or `#anchor`. */
function resolved(reference: unknown, { root, anchors }: Where): unknown {
  if (typeof reference !== 'string' || !reference.startsWith('#')) return undefined;
  const pointer = reference.slice(1);
  if (!pointer.startsWith('/')) return pointer === '' ? root : anchors.get(pointer);
  const parts = pointer.slice(1).split('/');
  return parts.reduce<unknown>((at, part) => (typeof at === 'object' && at !== null ? (at as Schema)[nameOf(part)] : undefined), root);
}

function nameOf(part: string): string {
  try {
    return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    return part;
  }
}
