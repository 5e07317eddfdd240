// The config.yaml of OliveTin: each action becomes a definition with its arguments as parameters.
import type { ParameterSchema, ProcessDefinition } from '../model/definition.js';
import {
  Draft,
  type Imported,
  type ImportedFiles,
  imported,
  literal,
  type NamedDefinition,
  nameOf,
  parameterName,
  parsedYaml,
  Refused,
  valueIn,
  withUniqueNames,
} from './imported.js';
import { positional } from './shell-template.js';

interface Choice {
  value?: unknown;
  title?: string;
}

interface Argument {
  name?: string;
  title?: string;
  type?: string;
  default?: unknown;
  description?: string;
  choices?: Choice[];
  entity?: string;
}

interface Action {
  title?: string;
  id?: string;
  shell?: string;
  exec?: string[];
  timeout?: number;
  maxConcurrent?: number;
  arguments?: Argument[];
  [key: string]: unknown;
}

const carried = new Set(['title', 'id', 'shell', 'exec', 'timeout', 'maxConcurrent', 'arguments', 'icon', 'popupOnStart']);

export function importOliveTin(files: ImportedFiles): Imported[] {
  const config = parsedYaml(Object.values(files)[0]) as { actions?: Action[] } | null;
  if (!Array.isArray(config?.actions)) throw new Refused('a configuration with a list `actions` is expected');
  return withUniqueNames(
    config.actions.map((action, index) => imported(`action ${action?.title ?? index + 1}`, (notes) => definitionOf(action ?? {}, notes))),
  );
}

function definitionOf(action: Action, notes: string[]): NamedDefinition {
  const { title = '', id, timeout, maxConcurrent } = action;
  if ((action.arguments ?? []).some(({ type }) => type === 'confirmation')) notes.push('it asked for a confirmation; here nobody is asked');
  if (action['entity'] !== undefined) throw new Refused('it exists once for each entity, which only OliveTin knows');
  const draft = new Draft();
  const command = commandOf(action, draft, notes);
  for (const key of Object.keys(action).filter((key) => !carried.has(key))) notes.push(`${key} is not carried over`);
  if (timeout === undefined) notes.push('OliveTin ends an action after 3 s where it says no timeout; the definition has none');
  return {
    name: nameOf(id ?? title),
    description: title,
    ...command,
    ...(timeout !== undefined && { timeout }),
    ...(maxConcurrent !== undefined && { max_parallel: maxConcurrent }),
    input_adapter: { input_type: 'none' },
    ...draft.parameters,
  };
}

function commandOf(action: Action, draft: Draft, notes: string[]): Pick<ProcessDefinition, 'exec' | 'argv'> {
  const declared = new Map((action.arguments ?? []).filter(isValue).map((argument) => [argument.name ?? '', argument]));
  const placeholder = (name: string) => {
    const argument = declared.get(name);
    if (!argument) throw new Refused(`{{ ${name} }} is not one of its arguments`);
    const schema = schemaOf(argument, notes);
    return draft.parameter(name, schema, { required: schema.default === undefined });
  };
  if (action.exec) {
    const [exec, ...argv] = action.exec;
    if (!exec) throw new Refused('its exec is empty');
    return {
      exec,
      argv: argv.map((text) =>
        text
          .split(/\{\{\s*([\w.]+)\s*\}\}/)
          .map((part, index) => (index % 2 ? placeholder(part) : literal(part)))
          .join(''),
      ),
    };
  }
  if (!action.shell) throw new Refused('it has neither shell nor exec');
  const { script, names } = positional(action.shell);
  const raw = names.find((name) => declared.get(name)?.type === 'very_dangerous_raw_string');
  if (raw !== undefined) throw new Refused(`${raw} is code of the shell (very_dangerous_raw_string); the value of a parameter never is`);
  if (/\{\{|\}\}/.test(script)) throw new Refused('it has a template that is more than the name of an argument');
  return { exec: '/bin/sh', argv: ['-c', literal(script), ...(names.length > 0 ? ['sh', ...names.map(placeholder)] : [])] };
}

/** Some arguments are only there to be seen or clicked. */
function isValue({ type }: Argument): boolean {
  return type !== 'html' && type !== 'confirmation';
}

/** The types of OliveTin, with what it lets pass for each. */
const types: Record<string, ParameterSchema> = {
  ascii: { type: 'string', pattern: '^[A-Za-z0-9]+$' },
  ascii_identifier: { type: 'string', pattern: '^[A-Za-z0-9_.-]+$' },
  ascii_sentence: { type: 'string', pattern: '^[A-Za-z0-9 ,.]+$' },
  unicode_identifier: { type: 'string', pattern: '^[\\w/.\\-: ]+$' },
  int: { type: 'integer' },
  email: { type: 'string', format: 'email' },
  url: { type: 'string', format: 'uri' },
  datetime: { type: 'string' },
  bool: { type: 'string', enum: ['true', 'false'] },
  checkbox: { type: 'string', enum: ['1', '0'] },
  password: { type: 'string', secret: true },
  raw_string_multiline: { type: 'string' },
  very_dangerous_raw_string: { type: 'string' },
};

function schemaOf(
  { name = '', title, type = 'ascii', default: fallback, description, choices = [], entity }: Argument,
  notes: string[],
): ParameterSchema {
  if (entity !== undefined) throw new Refused(`the choices of ${name} are entities, which only OliveTin knows`);
  const regex = /^regex:(.*)$/s.exec(type)?.[1];
  const base = regex === undefined ? valueIn(types, type) : { type: 'string', pattern: regex };
  if (!base) throw new Refused(`the type ${type} of ${name} is not known`);
  if (base.secret) notes.push(`${parameterName(name)} is secret: it is shown nowhere`);
  return {
    ...(choices.length > 0 ? { type: 'string', enum: choices.map(({ value }) => String(value)) } : base),
    ...(title && { title }),
    ...(description && { description }),
    ...(fallback !== undefined && fallback !== '' && { default: base.type === 'integer' ? Number(fallback) : String(fallback) }),
  };
}
