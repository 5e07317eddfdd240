// What an importer makes of one item of a file: a definition, or the reason why there is none, and what could not be carried over.
import { parse } from 'yaml';
import type { ArgumentGroup, ParameterSchema, ProcessDefinition } from '../model/definition.js';
import { namePattern } from '../model/definition-schema.js';
import { builtInPlaceholders, escapeTemplate } from '../model/placeholders.js';

export type NamedDefinition = ProcessDefinition & { name: string };

export interface Imported {
  /** What the item is called where it comes from: "line 12", "hook deploy", "action Restart". */
  item: string;
  /** Absent: the item was refused. */
  definition?: NamedDefinition;
  /** Why there is no definition. */
  refused?: string;
  /** What the definition does not say of the item, one sentence each. */
  notes: string[];
}

/** The files by their names; a kind that reads one file takes the first. */
export type ImportedFiles = Record<string, string>;

/** `siblings`: the names of all files that came together. */
export type Importer = (files: ImportedFiles, siblings?: string[]) => Imported[];

/** What refuses an item; the message is the reason. */
export class Refused extends Error {}

/** Why something is refused; throws what is a fault of ours. A text may have any form, a number where a list is expected. */
export function reasonOf(error: unknown): string {
  if (error instanceof Refused) return error.message;
  if (error instanceof TypeError || error instanceof RangeError) return 'it does not have the form that its kind should have';
  throw error;
}

/** Runs `make`, and turns a refusal into a result. */
export function imported(item: string, make: (notes: string[]) => NamedDefinition): Imported {
  const notes: string[] = [];
  try {
    return { item, definition: make(notes), notes };
  } catch (error) {
    return { item, refused: reasonOf(error), notes };
  }
}

const nameForm = new RegExp(namePattern);

/** A name that a definition may have: "Restart web server!" becomes restart-web-server. */
export function nameOf(text: string): string {
  const plain = text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9_.-]+/g, '-')
    .replace(/^[^a-z0-9]+|[-.]+$/g, '')
    .slice(0, 100);
  if (nameForm.test(plain)) return plain;
  return /[a-z0-9]/.test(plain) ? `run-${plain}` : 'program';
}

/** A name that a parameter may have in `${…}`, and that is not one of the server's own placeholders. */
export function parameterName(text: string): string {
  const plain = text.replace(/[^A-Za-z0-9_]+/g, '_').replace(/^_+|_+$/g, '');
  if ((builtInPlaceholders as readonly string[]).includes(plain)) return `${plain}_value`;
  return /^[A-Za-z]/.test(plain) ? plain : `p_${plain}`;
}

/** A template that stands for exactly this text. */
export const literal = escapeTemplate;

/** What a table has for a word of a file, which may be any: `constructor` is in no table. */
export function valueIn<Value>(table: Record<string, Value>, word: string): Value | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}

/** Collects the parameters and arguments of one definition. */
export class Draft {
  readonly argv: (string | ArgumentGroup)[] = [];
  private readonly properties: Record<string, ParameterSchema> = {};
  private readonly required: string[] = [];

  constructor(private readonly notes: string[] = []) {}

  /** Declares a parameter, and returns its placeholder. */
  parameter(text: string, schema: ParameterSchema, { required = false } = {}): string {
    const name = parameterName(text);
    if (name === `${text}_value`) this.notes.push(`its ${text} is called ${name}, since \${${text}} is the server's`);
    this.properties[name] = schema;
    if (required && !this.required.includes(name)) this.required.push(name);
    return `\${${name}}`;
  }

  has(text: string): boolean {
    return Object.hasOwn(this.properties, parameterName(text));
  }

  /** The key `parameters` of the definition, where there are any. */
  get parameters(): Pick<ProcessDefinition, 'parameters'> {
    if (Object.keys(this.properties).length === 0) return {};
    const required = this.required.length > 0 ? { required: this.required } : {};
    return { parameters: { type: 'object', ...required, properties: this.properties } };
  }
}

/** Names that occur twice get a number. */
export function withUniqueNames(all: Imported[]): Imported[] {
  const seen = new Map<string, number>();
  return all.map((one) => {
    if (!one.definition) return one;
    const { name } = one.definition;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? one : { ...one, definition: { ...one.definition, name: `${name}-${count}` } };
  });
}

/** Parsed YAML or JSON; what is nearly JSON, such as a comma behind the last item, is YAML in flow style, as its tools take it. Throws Refused. */
export function parsedYaml(text: string): unknown {
  const asJson = /^\s*[[{]/.test(text) ? tried(text, JSON.parse) : null;
  if (asJson && 'value' in asJson) return asJson.value;
  // its warnings would quote the text in the log of the server
  const asYaml = tried(text, (yaml) => parse(yaml, { logLevel: 'error' }));
  if ('value' in asYaml) return asYaml.value;
  throw new Refused(`it cannot be read: ${(asJson ?? asYaml).error.message.split('\n')[0]}`);
}

function tried(text: string, read: (text: string) => unknown): { value: unknown } | { error: Error } {
  try {
    return { value: read(text) };
  } catch (error) {
    return { error: error as Error };
  }
}

/** A text without the mark of its encoding at its start, and with the line ends of Unix. */
export function plainText(text: string): string {
  return text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
}
