// What has been filled in: as the fields hold it, and as the API, an address and a former run have it.
import { type Field, mainType, textOf } from './fields.js';

/** A file that is sent; what an earlier run has left (`run:ID/output`); or one that the server has kept with a former run. */
export type Chosen = File | { from: string } | { kept: string };

/** `text`, `number` and `json`: a text, empty where nothing is given; `choice`: its id; `list`: one text for each row, empty where nothing is given. */
export type Value = string | boolean | string[] | Chosen[];

export interface Filled {
  values: Record<string, Value>;
  message: { text: string; files: Chosen[] };
  /** Seconds. */
  timeout: string;
  priority: string;
  /** The former run that this one repeats, and the message that it had. */
  rerun?: { id: string; message: string | File | null; parameters: string[] };
}

export const isFileKind = ({ kind }: Field) => kind === 'file' || kind === 'files';

export function emptyFilled(fields: Field[]): Filled {
  const values = Object.fromEntries(fields.map((field) => [field.name, valueFrom(field, field.schema.default)]));
  return { values, message: { text: '', files: [] }, timeout: '', priority: '' };
}

/** What was filled in, for fields that may have been changed since: what does not fit any more is as at first. */
export function fitting(fields: Field[], filled: Filled): Filled {
  const usual = emptyFilled(fields).values;
  const values = fields.map((field): [string, Value] => {
    const value = filled.values[field.name];
    return [field.name, value !== undefined && isFit(field, value) ? value : usual[field.name]];
  });
  return { ...filled, values: Object.fromEntries(values) };
}

function isFit(field: Field, value: Value): boolean {
  if (field.kind === 'switch') return typeof value === 'boolean';
  if (!isFileKind(field) && field.kind !== 'list') return typeof value === 'string';
  const item = isFileKind(field) ? 'object' : 'string';
  return Array.isArray(value) && (value as unknown[]).every((one) => typeof one === item);
}

/** What the field holds for a value of the API; undefined: nothing is given. */
export function valueFrom(field: Field, value: unknown): Value {
  const isNothing = value === undefined || value === null;
  if (isFileKind(field)) return isNothing ? [] : [value].flat().map((one) => chosenFrom(textOf(one)));
  if (field.kind === 'switch') return value === true || value === 'true';
  if (field.kind === 'list') return isNothing ? [] : [value].flat().map((one) => valueFrom(field.item as Field, one) as string);
  if (field.kind === 'choice') return choiceFrom(field, value);
  return isNothing ? '' : field.kind === 'json' && typeof value !== 'string' ? JSON.stringify(value, null, 2) : textOf(value);
}

function choiceFrom({ choices }: Field, value: unknown): string {
  const isSame = (id: string) => id === JSON.stringify(value) || textOf(JSON.parse(id)) === value;
  return choices.find(({ id }) => isSame(id))?.id ?? '';
}

function chosenFrom(text: string): Chosen {
  return text.startsWith('run:') ? { from: text } : { kept: text };
}

/** The texts of an address that the fields hold; others, and those of secrets, are left out. */
export function fromQuery(fields: Field[], query: URLSearchParams): Record<string, Value> {
  const given = fields.filter(({ name, isSecret }) => query.has(name) && !isSecret);
  return Object.fromEntries(
    given.map((field) => {
      const texts = query.getAll(field.name);
      return [field.name, valueFrom(field, field.kind === 'list' || field.kind === 'files' ? listOf(texts) : texts[0])];
    }),
  );
}

function listOf(texts: string[]): unknown[] {
  if (texts.length > 1 || !texts[0].trimStart().startsWith('[')) return texts;
  try {
    return [JSON.parse(texts[0])].flat();
  } catch {
    return texts;
  }
}

/** Whether a value is given at all, and is another one than the server would take by itself. */
export function isGiven(field: Field, value: Value | undefined): value is Value {
  if (value === undefined) return false;
  const { kind, schema, isRequired } = field;
  const usual = schema.default;
  if (isFileKind(field)) return (value as Chosen[]).length > 0;
  if (kind === 'switch') return value !== (usual ?? (isRequired ? undefined : false));
  const mayBeEmpty = isRequired && !schema.minItems;
  if (kind === 'list') return usual === undefined ? (value as string[]).length > 0 || mayBeEmpty : !isSame(value, valueFrom(field, usual));
  if (value === '') return mainType(schema) === 'string' && kind === 'text' && typeof usual === 'string' && usual !== '';
  return usual === undefined || value !== valueFrom(field, usual);
}

function isSame(one: Value, other: Value): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The texts of a value, as a query or a form has them: a list of several is a repeated name, and any other value is JSON. */
export function textsOf(field: Field, value: Value): string[] {
  if (isFileKind(field)) return (value as Chosen[]).flatMap((one) => ('from' in one ? [one.from] : []));
  if (field.kind === 'choice') return [textOf(JSON.parse(value as string))];
  if (field.kind !== 'list') return [String(value)];
  const texts = (value as string[]).map((text) => textsOf(field.item as Field, text)[0]);
  // a single text that begins like a list would be read as one
  return texts.length === 0 || (texts.length === 1 && texts[0].trimStart().startsWith('[')) ? [JSON.stringify(texts)] : texts;
}

/** A value for a JSON body, in which the server takes texts for numbers and switches too. */
export function jsonOf(field: Field, value: Value): unknown {
  if (field.kind === 'json') return JSON.parse(value as string);
  if (field.kind === 'switch') return value;
  if (field.kind === 'choice') return JSON.parse(value as string);
  return field.kind === 'list' ? (value as string[]).map((text) => jsonOf(field.item as Field, text)) : value;
}
