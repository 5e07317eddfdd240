// Python: argparse, click, sys.argv and sys.stdin.
import type { ParameterSchema } from '../../model/definition.js';
import {
  type FoundArgument,
  type FoundOption,
  type FoundScript,
  insideParentheses,
  literalOf,
  literalsOf,
  nothingFound,
  splitArguments,
} from './found.js';

type Keywords = Record<string, string>;

export function readPython(source: string): FoundScript {
  const found = nothingFound();
  found.description = docstring(source);
  const calls = /\.add_argument\s*\(|@(?:click\.)?(option|argument)\s*\(/g;
  for (const call of source.matchAll(calls)) {
    const parts = splitArguments(insideParentheses(source, call.index + call[0].length - 1));
    const words = parts.map(literalOf).filter((word): word is string => typeof word === 'string');
    const keywords = keywordsOf(parts);
    if (words.length === 0) continue;
    if (words[0].startsWith('-')) found.options.push(optionOf(words, keywords));
    else found.arguments.push(argumentOf(words[0], keywords));
  }
  if (/add_subparsers\s*\(|@\w+\.command\s*\(/.test(source))
    found.notes.push('its sub-commands are not carried over: say which one in argv');
  if (found.options.length + found.arguments.length === 0) found.arguments = plainArguments(source);
  found.readsInput = /sys\.stdin|fileinput\.|\binput\s*\(/.test(source);
  return found;
}

function docstring(source: string): string | undefined {
  const text =
    /^(?:#.*\n|\s*\n)*(?:[rRuU]?)("""|''')([\s\S]*?)\1/.exec(source)?.[2] ??
    /ArgumentParser\([^)]*description\s*=\s*["']([^"']+)["']/.exec(source)?.[1];
  return text
    ?.trim()
    .split(/\n\s*\n/)[0]
    .replace(/\s+/g, ' ');
}

function keywordsOf(parts: string[]): Keywords {
  return Object.fromEntries(
    parts.flatMap((part) => {
      const [, name, value] = /^(\w+)\s*=\s*([\s\S]+)$/.exec(part) ?? [];
      return name === undefined ? [] : [[name, value]];
    }),
  );
}

function optionOf(words: string[], keywords: Keywords): FoundOption {
  const flags = words.filter((word) => word.startsWith('-'));
  const flag = flags.find((word) => word.startsWith('--')) ?? flags[0];
  const plain = words.find((word) => !word.startsWith('-'));
  const dest = literalOf(keywords['dest']);
  const name = plain ?? (typeof dest === 'string' ? dest : flag.replace(/^-+/, '').split('/')[0]);
  const action = literalOf(keywords['action']);
  const isSwitch =
    /^(store_true|store_false|store_const|count|version|help)$/.test(String(action ?? '')) ||
    keywords['is_flag'] === 'True' ||
    /BooleanOptionalAction/.test(keywords['action'] ?? '');
  return {
    name,
    flag: flag.split('/')[0],
    schema: isSwitch ? null : schemaOf(keywords, action === 'append'),
    required: keywords['required'] === 'True',
    description: helpOf(keywords),
  };
}

function argumentOf(name: string, keywords: Keywords): FoundArgument {
  const count = literalOf(keywords['nargs']);
  const isRest = count === '*' || count === '+' || count === -1 || keywords['nargs'] === 'argparse.REMAINDER';
  const help = helpOf(keywords);
  const schema = { ...schemaOf(keywords, isRest), ...(help !== undefined && { description: help }) };
  return { name, schema, isRest, required: count !== '?' && count !== '*' && count !== -1 && keywords['required'] !== 'False' };
}

function helpOf(keywords: Keywords): string | undefined {
  const help = literalOf(keywords['help']);
  return typeof help === 'string' && help !== '==SUPPRESS==' ? help.replaceAll('%%', '%') : undefined;
}

function schemaOf(keywords: Keywords, isList: boolean): ParameterSchema {
  const choices = literalsOf(keywords['choices'] ?? /Choice\(\s*(\[[^\]]*\])/.exec(keywords['type'] ?? '')?.[1]);
  const one = {
    ...typeOf(keywords['type']),
    ...(choices && { type: choices.every((choice) => typeof choice === 'number') ? 'integer' : 'string', enum: choices }),
  };
  if (isList) return { type: 'array', items: one };
  const fallback = literalOf(keywords['default']);
  const suits = fallback !== undefined && typeof fallback !== 'boolean' && (one.type === 'string') === (typeof fallback === 'string');
  return { ...one, ...(suits && { default: fallback }) };
}

function typeOf(text = 'str'): ParameterSchema {
  if (/^(int|click\.INT|click\.IntRange.*)$/s.test(text)) return { type: 'integer' };
  if (/^(float|click\.FLOAT|click\.FloatRange.*)$/s.test(text)) return { type: 'number' };
  const isRead = /FileType\(\s*(['"]r|\))|click\.(File\(\s*(['"]r|\))|Path\(.*exists\s*=\s*True)/s.test(text);
  return isRead ? { type: 'string', format: 'file' } : { type: 'string' };
}

/** sys.argv[1], with the name of the variable that it is given to. */
function plainArguments(source: string): FoundArgument[] {
  if (/argparse|optparse|click|typer|docopt/.test(source)) return [];
  const uses = [...source.matchAll(/(?:(\w+)\s*=\s*(?:(int|float)\()?\s*)?sys\.argv\[([1-9])\]/g)];
  const names = new Map<number, { name?: string; type?: string }>();
  for (const [, name, type, index] of uses) if (!names.get(Number(index))?.name) names.set(Number(index), { name, type });
  const unpacked =
    /^\s*([\w, ]+?),?\s*=\s*sys\.argv\[1:\]?/m
      .exec(source)?.[1]
      ?.split(',')
      .map((name) => name.trim())
      .filter(Boolean) ?? [];
  for (const [index, name] of unpacked.entries()) if (unpacked.length > 1) names.set(index + 1, { name });
  const last = Math.max(0, ...names.keys());
  const types: Record<string, string> = { int: 'integer', float: 'number' };
  return Array.from({ length: last }, (_, index) => {
    const { name = `arg${index + 1}`, type = '' } = names.get(index + 1) ?? {};
    return { name, schema: { type: types[type] ?? 'string' }, required: true };
  });
}
