// The definition that a draft becomes.
import { contentTypes, fileTitle } from './known-types.js';
import { changeable, type Draft, extensionOf, messageOf, type Part, titleOf } from './parts.js';

type Definition = Record<string, unknown>;

export function toDefinition(draft: Draft): Definition {
  const { parts, usesShell, files, environment, more } = draft;
  const message = messageOf(parts);
  const command = usesShell ? shellCommand(parts, message) : plainCommand(parts, message);
  const properties = Object.fromEntries(parts.filter((part) => isField(part, message)).map((part) => [part.name, schemaOf(part)]));
  const required = parts.filter((part) => isField(part, message) && isNeeded(part)).map(({ name }) => name);
  const { name, description, tags, parameters, ...others } = more as Record<string, Definition>;
  const hasParameters = Object.keys({ ...properties, ...(parameters?.properties as Definition) }).length > 0;
  return {
    ...given({ name, description, tags }),
    ...command,
    ...(Object.keys(environment).length > 0 && { environment: mapped(environment, escaped) }),
    ...(Object.keys(files).length > 0 && { files }),
    ...adapters(draft, hasParameters),
    ...given({ parameters: withParameters(parameters, properties, required) }),
    ...others,
  };
}

/** `others`: what a definition that was written by hand, or imported, declares besides. */
function withParameters(others: Definition | undefined, properties: Definition, required: string[]): Definition | undefined {
  if (!others && Object.keys(properties).length === 0) return undefined;
  const all = [...new Set([...((others?.required as string[]) ?? []), ...required])];
  return {
    type: 'object',
    ...others,
    properties: { ...properties, ...(others?.properties as Definition) },
    ...(all.length > 0 && { required: all }),
  };
}

function given(values: Definition): Definition {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function mapped(texts: Record<string, string>, change: (text: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, change(text)]));
}

/** Each field but the message is a parameter. */
function isField(part: Part, message: Part | undefined): boolean {
  return part.role !== 'fixed' && part.role !== 'output' && part !== message;
}

/** What has no value to begin with must be given. */
function isNeeded(part: Part): boolean {
  return part.isRequired ?? (part.role === 'input' || (part.role === 'text' && changeable(part) === ''));
}

function plainCommand([program, ...words]: Part[], message: Part | undefined): Definition {
  return { exec: program?.text ?? '', argv: words.map((part) => argument(part, message)) };
}

function argument(part: Part, message: Part | undefined): unknown {
  if (part.kept !== undefined) return part.kept;
  if (part.role === 'fixed') return escaped(part.text);
  if (part.role === 'switch') return { when: part.name, args: [escaped(part.text)] };
  return escaped(part.prefix) + placeholder(part, message);
}

function placeholder(part: Part, message: Part | undefined): string {
  if (part === message) return '${input_file}';
  return part.role === 'output' ? '${output_file}' : `\${${part.name}}`;
}

/** The line as it was, with "$1" and so on where a value comes in: what somebody fills in is never read as a command. */
function shellCommand(parts: Part[], message: Part | undefined): Definition {
  const changing = parts.filter(({ role }) => role !== 'fixed');
  const numbered = (part: Part) => {
    const number = changing.indexOf(part) + 1;
    return `${part.prefix}"$${number > 9 ? `{${number}}` : number}"`;
  };
  const script = parts.map((part) => part.gap + (part.role === 'fixed' ? part.raw : numbered(part))).join('');
  return { exec: '/bin/sh', argv: ['-c', escaped(script.trim()), 'sh', ...changing.map((part) => placeholder(part, message))] };
}

function adapters({ parts, readsStdin }: Draft, hasParameters: boolean): Definition {
  const takesFile = messageOf(parts) !== undefined;
  const output = parts.find(({ role }) => role === 'output');
  const extension = output && extensionOf(changeable(output));
  const output_parameters = {
    file_path: '${output_file}',
    ...given({ extension: extension || undefined, content_type: contentTypes[extension ?? ''] }),
  };
  return {
    ...(takesFile && { input_adapter: { input_type: 'file', input_parameters: { file_path: '${input_file}' } } }),
    ...(!takesFile && !readsStdin && { input_adapter: { input_type: 'none' } }),
    ...(!takesFile &&
      readsStdin &&
      hasParameters && { input_adapter: { input_type: 'file', input_parameters: { file_type: 'stream', stream_name: 'STDIN' } } }),
    ...(output && { output_adapter: { output_type: 'file', output_parameters } }),
  };
}

function schemaOf(part: Part): Definition {
  const { role, name, choices, schema } = part;
  if (schema) return schema;
  const value = changeable(part);
  const title = titleOf(name);
  if (role === 'input') return { type: 'string', format: 'file', title: title === 'File' ? fileTitle(extensionOf(value)) : title };
  if (role === 'switch') return { type: 'boolean', title, default: true };
  if (role === 'number' && value === '') return { type: 'number', title };
  if (role === 'number') return { type: value.includes('.') ? 'number' : 'integer', title, default: Number(value) };
  if (role === 'choice')
    return { enum: [...new Set([...choices, value])].filter((one) => one !== ''), title, ...(value !== '' && { default: value }) };
  return { type: 'string', title, ...(value !== '' && { default: value }), ...(value.startsWith('-') && { allow_leading_dash: true }) };
}

/** Text in which nothing is a placeholder. */
function escaped(text: string): string {
  return text.replace(/\$(?=\{[^${}]*\}|<[A-Za-z_]\w*>)/g, '$$$$');
}
