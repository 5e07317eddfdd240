// The schemas of a definition's parameters in an OpenAPI document: what a reference means is a component there, whatever way it is written.
import { type SchemaForm, schemaIn } from '../../definitions/own-schema.js';
import { schemaKeywords } from '../../definitions/unknown-keys.js';
import type { ParametersSchema } from '../../model/definition.js';
import { freeName } from './free-name.js';
import { mended } from './mended-schema.js';
import { Misfits } from './plain-misfit.js';
import { SchemaReferences } from './schema-reference.js';

const leftOut = [
  // what references mean, which are components
  ...['$id', '$schema', '$anchor', '$dynamicAnchor', '$defs', 'definitions'],
  // what these say of answers would forbid a parameter
  ...['readOnly', 'writeOnly'],
];
/** Readers of the document refuse keywords that neither JSON Schema nor OpenAPI knows, unless they begin with x-. */
const kept = new Set(schemaKeywords.filter((keyword) => !leftOut.includes(keyword)));

/** In characters, for the components of one definition: references into a large schema could repeat its parts a hundred times. Further components are left empty. */
const longest = 128 * 1024;

export class DocumentSchemas {
  /** What references mean, by the names of their components. */
  private readonly meant = new Map<string, unknown>();
  /** The names of components, by the paths to what they hold. */
  private readonly names = new Map<string, string>();
  private readonly taken = new Set<string>();
  private readonly references: SchemaReferences;
  private readonly values: Misfits;

  /** `component`: the name in the document of the parameters as a whole; those of their parts begin with it and a dot. */
  constructor(
    private readonly parameters: ParametersSchema,
    private readonly component: string,
  ) {
    this.references = new SchemaReferences(parameters);
    this.values = new Misfits(this.references);
  }

  private readonly form: SchemaForm = {
    keeps: (keyword) => kept.has(keyword) || keyword.startsWith('x-'),
    refer: ({ $ref, $dynamicRef }) => this.reference($ref) ?? this.reference($dynamicRef) ?? {},
    file: (described) => ({ ...described, type: 'string', format: 'binary' }),
    // how Swagger UI shows a field that must not be read over a shoulder
    secret: { format: 'password' },
    mended: (shown, original) => mended(shown, (value) => this.misfits(value, original)),
  };

  /** The parameters, or a part of them, for any place in the document. */
  part(schema: unknown = this.parameters): unknown {
    return schemaIn(schema, this.form);
  }

  /** Whether a value plainly is not what the parameters, or a part of them, ask for. */
  misfits(value: unknown, schema: unknown = this.parameters): boolean {
    return this.values.has(value, schema);
  }

  /** The parameters as a whole: a reference where one of their parts refers to another. */
  whole(): unknown {
    return hasReferences(this.parameters) ? this.reference('#') : this.part();
  }

  /** The components that what was shown so far leads to, as JSON, by their names. */
  components(): [name: string, text: string][] {
    const shown: [string, string][] = [];
    let length = 0;
    // each may lead to further ones, which the loop comes to as well
    for (const [name, schema] of this.meant) {
      const text = length < longest ? JSON.stringify(this.part(schema)) : '{}';
      length += text.length;
      shown.push([name, text]);
    }
    return shown;
  }

  /** Undefined: there is none, or it leads nowhere, and any value is right. */
  private reference(text: unknown): { $ref: string } | undefined {
    const path = this.references.path(text);
    if (path === undefined) return undefined;
    const key = JSON.stringify(path);
    const name = this.names.get(key) ?? this.nameOf(path);
    this.names.set(key, name);
    this.meant.set(name, this.references.schema(text));
    return { $ref: `#/components/schemas/${name}` };
  }

  private nameOf(path: string[]): string {
    const last = path.at(-1)?.replace(/[^A-Za-z0-9_-]/g, '_');
    return last === undefined ? this.component : `${this.component}.${freeName(last, this.taken)}`;
  }
}

function hasReferences(schema: object): boolean {
  return /"\$(dynamicR|r)ef":/.test(JSON.stringify(schema));
}
