// What a definition asks of those who run it: a field for each of its parameters, and its message.

export interface Schema {
  type?: string | string[];
  title?: string;
  description?: string;
  format?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  items?: Schema | boolean;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  secret?: boolean;
  properties?: Record<string, Schema>;
  required?: string[];
  [keyword: string]: unknown;
}

/** `number` has a step of 1 where only whole ones are allowed; `list` has a row for each item; `json` is anything that has no field of its own. */
type Kind = 'text' | 'number' | 'switch' | 'choice' | 'list' | 'json' | 'file' | 'files';

interface Choice {
  /** Its value as JSON. */
  id: string;
  label: string;
}

export interface Field {
  name: string;
  title: string;
  help?: string;
  kind: Kind;
  schema: Schema;
  isRequired: boolean;
  isSecret: boolean;
  choices: Choice[];
  /** Of a list: what each row is. */
  item?: Field;
}

/** What of a definition decides its form. */
export interface Program {
  name?: string;
  exec: string;
  argv?: unknown[];
  args?: unknown[];
  process_type?: string;
  parameters?: Schema;
  input_adapter?: Adapter;
  output_adapter?: Adapter;
  lane?: string;
  examples?: { message?: string | { base64: string }; parameters?: Record<string, unknown> }[];
  [key: string]: unknown;
}

type AdapterParameters = { file_path?: unknown; file?: unknown; extension?: string };
interface Adapter {
  input_type?: string;
  output_type?: string;
  input_parameters?: AdapterParameters;
  input_params?: AdapterParameters;
  output_parameters?: AdapterParameters;
  output_params?: AdapterParameters;
}

export function fieldsOf({ parameters = {} }: Program): Field[] {
  const { properties = {}, required = [] } = parameters;
  return Object.entries(properties).map(([name, schema]) => fieldOf(parameters, name, schema, required.includes(name)));
}

function fieldOf(root: Schema, name: string, given: Schema, isRequired: boolean): Field {
  const schema = resolved(root, given);
  const choices = choicesOf(schema);
  const items = typeof schema.items === 'object' ? resolved(root, schema.items) : undefined;
  const kind = kindOf(schema, choices, items);
  return {
    name,
    title: schema.title || name,
    help: schema.description,
    kind,
    schema,
    isRequired: isRequired && schema.default === undefined,
    isSecret: schema.secret === true,
    choices,
    item: kind === 'list' ? itemField(root, name, { ...items, secret: schema.secret }) : undefined,
  };
}

/** A row is one text or one of several choices. */
function itemField(root: Schema, name: string, items: Schema): Field {
  return fieldOf(root, name, mainType(items) === 'boolean' ? { ...items, enum: [true, false] } : items, true);
}

/** A schema refers to nothing but itself, never without end. */
function resolved(root: Schema, { $ref, ...rest }: Schema): Schema {
  if (typeof $ref !== 'string') return rest;
  const parts = $ref.replace(/^#\/?/, '').split('/').filter(Boolean);
  const unescaped = parts.map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'));
  const target = unescaped.reduce<unknown>((at, part) => (at as Schema | undefined)?.[part], root);
  return { ...(target && parts.length > 0 ? resolved(root, target as Schema) : {}), ...rest };
}

function kindOf(schema: Schema, choices: Choice[], items: Schema | undefined): Kind {
  if (schema.format === 'file') return 'file';
  if (choices.length > 0) return 'choice';
  const type = mainType(schema);
  if (type === 'boolean') return 'switch';
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'object') return 'json';
  if (type !== 'array') return 'text';
  if (items?.format === 'file') return 'files';
  const isPlain = items && !['object', 'array', undefined].includes(mainType(items));
  return isPlain || (items && choicesOf(items).length > 0) ? 'list' : 'json';
}

/** Of several allowed types the first one that is more than nothing. */
export function mainType({ type }: Schema): string | undefined {
  return [type].flat().find((one) => one !== 'null');
}

function choicesOf({ enum: values, const: only, oneOf, anyOf }: Schema): Choice[] {
  const named = [oneOf ?? anyOf].flat() as (Schema | undefined)[];
  if (named.every((one) => one && 'const' in one)) return named.map((one) => choice(one?.const, one?.title));
  return (values ?? (only === undefined ? [] : [only])).map((value) => choice(value));
}

function choice(value: unknown, title?: string): Choice {
  return { id: JSON.stringify(value), label: title ?? textOf(value) };
}

/** A value as callers write it. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export const isService = ({ process_type }: Program) => process_type === 'service';

/** How a message reaches the program; `isAsked`: the definition says itself that it takes one. */
export interface MessageInput {
  kind: 'none' | 'text' | 'file';
  isAsked: boolean;
}

/** As the server chooses adapters (docs/definition.md). */
export function messageInput(program: Program): MessageInput {
  const { input_adapter: adapter, parameters } = program;
  const type = adapter?.input_type;
  if (type === 'none') return { kind: 'none', isAsked: false };
  const given = adapter?.input_parameters ?? adapter?.input_params;
  if (type) return { kind: type === 'file' && given?.file_path !== undefined ? 'file' : 'text', isAsked: true };
  if (names(program, 'input_file')) return { kind: 'file', isAsked: true };
  return { kind: parameters && !isService(program) ? 'none' : 'text', isAsked: false };
}

/** The extension of the file that a run leaves, where its result is a file; null: it is not. */
export function resultExtension(program: Program): string | null {
  const type = program.output_adapter?.output_type;
  const given = program.output_adapter?.output_parameters ?? program.output_adapter?.output_params;
  if (type === 'directory') return 'zip';
  const isFile = type ? (given?.file_path ?? given?.file) !== undefined : names(program, 'output_file');
  return isFile ? (given?.extension?.replace(/^\./, '') ?? '') : null;
}

function names({ argv, args }: Program, placeholder: string): boolean {
  return new RegExp(`\\$[{<]${placeholder}[}>]`).test(JSON.stringify(argv ?? args ?? []));
}
