// Where a reference in a JSON Schema leads: by a pointer, by an anchor, or by an $id.

type Path = string[];

export class SchemaReferences {
  private readonly paths = new Map<unknown, Path | undefined>();

  constructor(private readonly root: object) {}

  /** The keys from the root to the schema that the reference means; undefined where it leads to nothing within the root. */
  path(reference: unknown): Path | undefined {
    if (!this.paths.has(reference)) this.paths.set(reference, pathOfReference(reference, this.root));
    return this.paths.get(reference);
  }

  /** Undefined where the reference leads to nothing. */
  schema(reference: unknown): unknown {
    const path = this.path(reference);
    return path && schemaAt(path, this.root);
  }
}

function pathOfReference(reference: unknown, root: object): Path | undefined {
  if (typeof reference !== 'string') return undefined;
  const [address, fragment = ''] = reference.split('#');
  const start = address === '' ? [] : pathTo(root, (schema) => isNamed(schema, address, root));
  const isPointer = fragment === '' || fragment.startsWith('/');
  const rest = isPointer ? partsOf(fragment) : pathTo(root, (schema) => isAnchored(schema, fragment));
  if (start === undefined || rest === undefined) return undefined;
  const path = isPointer ? [...start, ...rest] : rest;
  return schemaAt(path, root) === undefined ? undefined : path;
}

const isAnchored = ({ $anchor, $dynamicAnchor }: Record<string, unknown>, name: string) => $anchor === name || $dynamicAnchor === name;

function isNamed({ $id }: Record<string, unknown>, address: string, root: { $id?: unknown }): boolean {
  if (typeof $id !== 'string') return false;
  const base = typeof root.$id === 'string' && URL.canParse(root.$id) ? root.$id : 'schema:///';
  const absolute = (text: string) => (URL.canParse(text, base) ? new URL(text, base).href : text);
  return absolute($id) === absolute(address);
}

function partsOf(pointer: string): Path | undefined {
  try {
    return decodeURIComponent(pointer)
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  } catch {
    return undefined;
  }
}

function schemaAt(path: Path, root: unknown): unknown {
  return path.reduce<unknown>((found, key) => {
    return typeof found === 'object' && found !== null && Object.hasOwn(found, key) ? (found as Record<string, unknown>)[key] : undefined;
  }, root);
}

/** The first object that the test accepts, outer ones before inner ones. */
function pathTo(root: object, test: (schema: Record<string, unknown>) => boolean): Path | undefined {
  const waiting: { schema: object; path: Path }[] = [{ schema: root, path: [] }];
  for (const { schema, path } of waiting) {
    if (test(schema as Record<string, unknown>)) return path;
    for (const [key, inner] of Object.entries(schema))
      if (typeof inner === 'object' && inner !== null) waiting.push({ schema: inner, path: [...path, key] });
  }
  return undefined;
}
