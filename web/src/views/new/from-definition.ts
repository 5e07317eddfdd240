// The draft of a definition that was written by hand, or imported, so that its words can be clicked.
import { type Draft, fixedPart, type Part } from './parts.js';
import { toDefinition } from './to-definition.js';

type Content = Record<string, unknown>;

/** `toDefinition` gives the same definition again. */
export function fromDefinition(definition: Content): Draft {
  const { exec, argv, args: _args, environment, files, parameters, input_adapter, output_adapter, ...others } = definition;
  const { properties: schemas = {}, required = [] } = (parameters ?? {}) as { properties?: Record<string, Content>; required?: string[] };
  const words = ((argv ?? definition.args ?? []) as unknown[]).map((element) => partOf(element, schemas));
  const elements = words.map((part) => (part.schema ? { ...part, isRequired: required.includes(part.name) } : part));
  const draft: Draft = {
    parts: [fixedPart(String(exec ?? '')), ...elements],
    usesShell: false,
    readsStdin: (input_adapter as Content | undefined)?.input_type !== 'none',
    environment: {},
    files: (files ?? {}) as Draft['files'],
    more: { ...others, ...(environment !== undefined && { environment }), ...restOf(parameters as Content | undefined, elements) },
  };
  const made = toDefinition(draft);
  for (const [key, value] of Object.entries({ input_adapter, output_adapter }))
    if (JSON.stringify(made[key]) !== JSON.stringify(value)) draft.more[key] = value;
  return draft;
}

/** What is declared but belongs to no word. */
function restOf(parameters: Content | undefined, parts: Part[]): Content {
  if (!parameters) return {};
  const used = new Set(parts.map(({ name }) => name));
  const { properties = {}, required = [], ...others } = parameters as { properties?: Content; required?: string[] };
  const unused = Object.entries(properties).filter(([name]) => !used.has(name));
  const needed = required.filter((name) => !used.has(name));
  return { parameters: { ...others, properties: Object.fromEntries(unused), ...(needed.length > 0 && { required: needed }) } };
}

function partOf(element: unknown, schemas: Record<string, Content>): Part {
  if (typeof element !== 'string') return ofGroup(element, schemas);
  const [, prefix, name] = /^([^$]*)\$[{<](\w+)[}>]$/.exec(element) ?? [];
  if (name === 'input_file' || name === 'output_file')
    return { ...fixedPart(prefix + name), prefix, role: name === 'input_file' ? 'input' : 'output', name };
  if (name !== undefined && Object.hasOwn(schemas, name)) return ofParameter(prefix, name, schemas[name]);
  if (/\$[{<]/.test(element)) return { ...fixedPart(element), kept: element };
  return fixedPart(element);
}

function ofGroup(element: unknown, schemas: Record<string, Content>): Part {
  const { when, args } = (element ?? {}) as { when?: string; args?: unknown[] };
  const isSwitch = typeof when === 'string' && Object.hasOwn(schemas, when) && args?.length === 1 && !String(args[0]).includes('$');
  if (!isSwitch) return { ...fixedPart(JSON.stringify(element)), kept: element };
  return { ...fixedPart(String(args[0])), role: 'switch', name: when, schema: schemas[when] };
}

function ofParameter(prefix: string, name: string, schema: Content): Part {
  const part = { ...fixedPart(prefix + String(schema.default ?? '')), prefix, name, schema };
  if (schema.format === 'file') return { ...part, role: 'input' };
  if (Array.isArray(schema.enum)) return { ...part, role: 'choice', choices: schema.enum.map(String) };
  return { ...part, role: schema.type === 'integer' || schema.type === 'number' ? 'number' : 'text' };
}
