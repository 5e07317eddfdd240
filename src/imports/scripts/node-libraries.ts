// The calls by which commander and yargs are told the options and arguments of a script.
import type { ParameterSchema } from '../../model/definition.js';
import { type FoundArgument, type FoundOption, stringList } from './found.js';
import { entriesOf } from './node-parse-args.js';
import { callsOf, literalOf, literalsOf } from './source-text.js';

interface Shape {
  isList?: boolean;
  fallback?: unknown;
  choices?: (string | number)[];
}

function schemaOf(type: string, { isList = false, fallback, choices }: Shape): ParameterSchema {
  const one = { type, ...(choices && { enum: choices }) };
  if (isList) return { type: 'array', items: one };
  const isDefault = typeof fallback === 'string' || typeof fallback === 'number';
  return { ...one, ...(isDefault && { default: type === 'string' ? String(fallback) : Number(fallback) }) };
}

/** .option('-b, --bitrate <rate>', 'bits per second', '192k'); .addOption(new Option('--engine <name>').choices(['a', 'b']).default('a')) */
export function commanderOptions(code: string): FoundOption[] {
  const calls = callsOf(code, /\.(requiredOption|option)\s*\(|\bnew\s+(?:\w+\.)?Option\s*\(/g);
  return calls.flatMap(({ match, parts, end }) => {
    const flags = literalOf(parts[0]);
    if (typeof flags !== 'string' || !flags.startsWith('-')) return [];
    const words = flags.split(/[\s,|]+/);
    const flag = words.find((word) => word.startsWith('--')) ?? words[0];
    const description = literalOf(parts[1]);
    const chain = match[1] ? {} : chained(code, end);
    return [
      {
        name: flag.replace(/^-+/, ''),
        flag,
        schema: valueSchema(flags, parts, chain),
        ...((match[1] === 'requiredOption' || chain['makeOptionMandatory'] !== undefined) && { required: true }),
        ...(typeof description === 'string' && { description }),
      },
    ];
  });
}

function valueSchema(flags: string, parts: string[], chain: Record<string, string>): ParameterSchema | null {
  const value = /[<[]([^>\]]+)[>\]]/.exec(flags)?.[1];
  if (value === undefined) return null;
  const converter = [...parts.slice(2), chain['argParser'] ?? ''].find((part) =>
    /^(Number\.)?(parseInt|parseFloat)\b|^Number\b/.test(part),
  );
  const fallback = literalOf(chain['default']) ?? (parts.length > 2 ? literalOf(parts.at(-1)) : undefined);
  const type = converter === undefined ? 'string' : /parseInt/.test(converter) ? 'integer' : 'number';
  return schemaOf(type, { isList: value.includes('...'), fallback, choices: literalsOf(chain['choices']) });
}

/** The calls behind `new Option(…)`: .choices([…]).default(x) */
function chained(code: string, start: number): Record<string, string> {
  const calls: Record<string, string> = {};
  for (let at = start; ; ) {
    const name = /^\s*\.(\w+)\s*\(/.exec(code.slice(at, at + 60));
    if (!name) return calls;
    const [call] = callsOf(code.slice(at), /^\s*\.\w+\s*\(/g);
    calls[name[1]] = call.parts[0] ?? '';
    at += call.end;
  }
}

/** .argument('<file>', 'what to read'), .arguments('<from> [to]'), .name('x').usage() aside */
export function commanderArguments(code: string): FoundArgument[] {
  return callsOf(code, /\.(?:arguments?)\s*\(|\bnew\s+(?:\w+\.)?Argument\s*\(/g).flatMap(({ parts }) => {
    const text = String(literalOf(parts[0]) ?? '');
    const [, description, fallback] = parts.map(literalOf);
    return [...text.matchAll(/([<[])([\w-]+)(\.\.\.)?[>\]]/g)].map(([, bracket, name, rest]) => ({
      name,
      schema: {
        ...(rest ? stringList : schemaOf('string', { fallback: parts.length > 2 ? fallback : undefined })),
        ...(typeof description === 'string' && { description }),
      },
      isRest: rest !== undefined,
      required: bracket === '<',
    }));
  });
}

/** .option('bitrate', { type: 'number', describe: '…', demandOption: true }), or .options({ bitrate: { … } }) */
export function yargsOptions(code: string): FoundOption[] {
  const single = callsOf(code, /\.option\s*\(/g).flatMap(({ parts: [first, second = ''] }) => {
    const name = literalOf(first);
    return typeof name === 'string' && !name.startsWith('-') && second.startsWith('{') ? [[name, second] as const] : [];
  });
  const several = callsOf(code, /\.options\s*\(/g).flatMap(({ parts: [object = ''] }) => Object.entries(entriesOf(object)));
  return [...single, ...several].map(([name, object]) => yargsOption(name, entriesOf(object)));
}

function yargsOption(name: string, { type, describe, description = describe, ...given }: Record<string, string>): FoundOption {
  const kind = literalOf(type) ?? 'string';
  const text = literalOf(description);
  const shape = {
    isList: given['array'] === 'true' || kind === 'array',
    fallback: literalOf(given['default']),
    choices: literalsOf(given['choices']),
  };
  const isRequired = [given['demandOption'], given['demand'], given['required']].includes('true');
  return {
    name,
    flag: `--${name}`,
    schema: kind === 'boolean' ? null : schemaOf(kind === 'number' ? 'number' : 'string', shape),
    ...(isRequired && { required: true }),
    ...(typeof text === 'string' && { description: text }),
  };
}
