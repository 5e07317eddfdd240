// The types of CWL's inputs, and what is inside of its texts: parameter references, but no expressions.
import type { ParameterSchema } from '../model/definition.js';
import { type Draft, literal, parameterName, Refused } from './imported.js';

export interface Binding {
  position?: number;
  prefix?: string;
  separate?: boolean;
  itemSeparator?: string;
  valueFrom?: string;
  loadContents?: boolean;
  shellQuote?: boolean;
}

export interface CwlType {
  schema: ParameterSchema;
  isOptional: boolean;
  /** How each item of a list is written. */
  itemBinding?: Binding;
}

const simple: Record<string, ParameterSchema> = {
  string: { type: 'string' },
  int: { type: 'integer' },
  long: { type: 'integer' },
  float: { type: 'number' },
  double: { type: 'number' },
  boolean: { type: 'boolean' },
  File: { type: 'string', format: 'file' },
};

export function typeOf(type: unknown): CwlType {
  if (typeof type === 'string') return namedType(type);
  if (Array.isArray(type)) {
    const others = type.filter((one) => one !== 'null');
    if (others.length !== 1) throw new Refused(`a value of several types (${JSON.stringify(type)}) is not possible`);
    return { ...typeOf(others[0]), isOptional: others.length < type.length };
  }
  const { type: kind, items, symbols, inputBinding } = (type ?? {}) as Record<string, unknown>;
  if (kind === 'array') return { ...listOf(typeOf(items)), ...(inputBinding ? { itemBinding: inputBinding as Binding } : {}) };
  if (kind === 'enum' && Array.isArray(symbols)) {
    return { schema: { type: 'string', enum: symbols.map((symbol) => String(symbol).replace(/^.*[#/]/, '')) }, isOptional: false };
  }
  throw new Refused(`the type ${JSON.stringify(type)} is not possible`);
}

function namedType(type: string): CwlType {
  if (type.endsWith('?')) return { ...namedType(type.slice(0, -1)), isOptional: true };
  if (type.endsWith('[]')) return listOf(namedType(type.slice(0, -2)));
  const schema = simple[type];
  if (!schema) throw new Refused(`the type ${type} is not possible`);
  return { schema, isOptional: false };
}

function listOf({ schema }: CwlType): CwlType {
  if (schema.type === 'array' || schema.type === 'boolean') throw new Refused('a list of lists or booleans is not possible');
  return { schema: { type: 'array', items: schema }, isOptional: false };
}

/** A text of CWL as a template; `used` learns which inputs it names. */
export function templateOf(text: string, inputs: Map<string, CwlType>, used: (name: string) => void = () => {}): string {
  if (/(?<!\\)\$\{/.test(text)) throw new Refused(`the expression ${text.slice(0, 80)} is JavaScript`);
  const parts = text.split(/(?<!\\)\$\(([^()]*)\)/);
  if (parts.some((part, index) => index % 2 === 0 && /(?<!\\)\$\(/.test(part)))
    throw new Refused(`the expression ${text.slice(0, 80)} is JavaScript`);
  return parts
    .map((part, index) => (index % 2 ? reference(part.trim(), inputs, used) : literal(part.replace(/\\(?=\$[({])/g, ''))))
    .join('');
}

function reference(text: string, inputs: Map<string, CwlType>, used: (name: string) => void): string {
  if (text === 'runtime.outdir') return '${workdir}';
  const [, dotted, bracketed, path] = /^inputs(?:\.([\w-]+)|\[['"]([^'"\]]+)['"]\])(\.path|\.location)?$/.exec(text) ?? [];
  const name = dotted ?? bracketed;
  const type = name === undefined ? undefined : inputs.get(name);
  if (name === undefined || !type) throw new Refused(`the expression $(${text}) is not a reference to a value of the definition`);
  if (type.schema.type === 'array' || (type.schema.format === 'file') !== (path !== undefined))
    throw new Refused(`$(${text}) is not a text`);
  used(name);
  return `\${${parameterName(name)}}`;
}

/** Declares the parameter of an input. */
export function declare(
  draft: Draft,
  name: string,
  { type, schema, fallback }: { type: CwlType; schema?: ParameterSchema; fallback?: unknown },
): void {
  if (fallback !== undefined && fallback !== null && (typeof fallback === 'object' || type.schema.format === 'file'))
    throw new Refused(`the default of ${name} is a file or a list`);
  const hasDefault = fallback !== undefined && fallback !== null;
  const required = !type.isOptional && !hasDefault && type.schema.type !== 'boolean';
  draft.parameter(name, { ...type.schema, ...schema, ...(hasDefault && { default: fallback }) }, { required });
}
