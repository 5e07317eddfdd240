// Completes the keys of a definition, and values from which one chooses, by the schema that the server serves.
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { syntaxTree } from '@codemirror/language';
import type { EditorState } from '@codemirror/state';
import { request } from '../../api/client.js';
import { type Node, propertiesOf, textOf } from './editor-places.js';

interface Schema {
  type?: string;
  description?: string;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  anyOf?: Schema[];
}

let served: Promise<Schema> | undefined;

/** The OpenAPI document has the schema of the whole definition. */
async function schemaOfDefinition(): Promise<Schema> {
  const document = await (await request('/docs-json')).json();
  return document.components.schemas.DefinitionBody.properties.definition;
}

export async function keysOfDefinitions(context: CompletionContext): Promise<CompletionResult | null> {
  const { state, pos } = context;
  const at = syntaxTree(state).resolveInner(pos, -1);
  const word = context.matchBefore(/"?[\w-]*/);
  if (!word || (word.from === word.to && !context.explicit)) return null;
  served ??= schemaOfDefinition();
  const root = await served.catch(() => {
    served = undefined;
    return {};
  });
  if (isValue(at)) {
    const property = at.name === 'Property' ? at : at.parent!;
    return { from: word.from, options: valuesOf(schemaAt(state, property, root)) };
  }
  const object = enclosing(at, 'Object');
  if (!object) return null;
  const known = new Set(propertiesOf(state, object).map(({ key }) => key));
  const { properties = {} } = schemaAt(state, object, root);
  const isFirst = !/^"?\s*:/.test(state.sliceDoc(pos, pos + 20));
  const options = Object.entries(properties).map(([key, { description }]) => ({
    label: `"${key}"`,
    detail: description?.slice(0, 60),
    apply: isFirst ? `"${key}": ` : `"${key}"`,
  }));
  return {
    from: word.from,
    to: /^"/.test(state.sliceDoc(pos, pos + 1)) ? pos + 1 : pos,
    options: options.filter(({ label }) => !known.has(label.slice(1, -1)) || label === word.text),
  };
}

/** Behind a key and its colon. */
function isValue(at: Node): boolean {
  if (at.name === 'Property') return true;
  return at.parent?.name === 'Property' && at.name !== 'PropertyName';
}

function valuesOf({ enum: values = [], type }: Schema): Completion[] {
  const all = type === 'boolean' ? [true, false] : values;
  return all.map((value) => ({ label: JSON.stringify(value) }));
}

function enclosing(node: Node | null, name: string): Node | null {
  for (let at = node; at; at = at.parent) if (at.name === name) return at;
  return null;
}

/** What the schema says of a node: down from the root, by the keys above it. */
function schemaAt(state: EditorState, node: Node, root: Schema): Schema {
  const keys: (string | null)[] = [];
  for (let at: Node | null = node; at; at = at.parent) {
    if (at.name === 'Array') keys.unshift(null);
    const name = at.name === 'Property' ? at.getChild('PropertyName') : null;
    if (name) keys.unshift(textOf(state, name));
  }
  return keys.reduce<Schema>((schema, key) => (key === null ? (schema.items ?? {}) : below(schema, key)), root);
}

function below({ properties = {}, additionalProperties: others }: Schema, key: string): Schema {
  return (Object.hasOwn(properties, key) ? properties[key] : undefined) ?? (typeof others === 'object' ? others : {});
}
