// One option or argument as argparse, optparse and click are told it.
import type { ParameterSchema } from '../../model/definition.js';
import type { FoundArgument, FoundOption } from './found.js';
import { literalOf, literalsOf } from './source-text.js';

type Keywords = Record<string, string>;

export function keywordsOf(parts: string[]): Keywords {
  return Object.fromEntries(
    parts.flatMap((part) => {
      const [, name, value] = /^(\w+)\s*=(?!=)\s*([\s\S]+)$/.exec(part) ?? [];
      return name === undefined ? [] : [[name, value]];
    }),
  );
}

/** A parameter is called as the option is, whatever the variable is called. */
export function optionOf(words: string[], keywords: Keywords): FoundOption {
  const flags = words.filter((word) => word.startsWith('-'));
  const flag = (flags.find((word) => word.startsWith('--')) ?? flags[0]).split('/')[0].trim();
  const plain = words.find((word) => !word.startsWith('-'));
  const dest = plain ?? literalOf(keywords['dest']);
  const isShort = !flag.startsWith('--');
  const name = isShort && typeof dest === 'string' ? dest : flag.replace(/^-+/, '');
  const action = String(literalOf(keywords['action']) ?? keywords['action'] ?? '');
  const isList = /^(append|extend)$/.test(action) || keywords['multiple'] === 'True';
  return {
    name,
    flag,
    schema: isSwitch(flags, action, keywords) ? null : schemaOf(keywords, isList || manyOf(keywords)),
    ...(!isList && manyOf(keywords) && { isOnce: true }),
    ...(keywords['required'] === 'True' && { required: true }),
    description: helpOf(keywords),
  };
}

function isSwitch(flags: string[], action: string, keywords: Keywords): boolean {
  if (/^(store_true|store_false|store_const|append_const|count)$|BooleanOptionalAction/.test(action)) return true;
  if (keywords['is_flag'] === 'True' || keywords['count'] === 'True' || flags.some((flag) => flag.includes('/'))) return true;
  return /^(bool|click\.BOOL)$/.test(keywords['type'] ?? '') && keywords['is_flag'] !== 'False' && keywords['nargs'] === undefined;
}

/** Whether several values follow. */
function manyOf(keywords: Keywords): boolean {
  const count = literalOf(keywords['nargs']);
  return count === '*' || count === '+' || (typeof count === 'number' && count !== 1) || /REMAINDER$/.test(keywords['nargs'] ?? '');
}

export function argumentOf(name: string, keywords: Keywords): FoundArgument {
  const count = literalOf(keywords['nargs']);
  const isRest = manyOf(keywords);
  const help = helpOf(keywords);
  const schema = { ...schemaOf(keywords, isRest), ...(help !== undefined && { description: help }) };
  const isOptional =
    count === '?' || count === '*' || (count === -1 && keywords['required'] !== 'True') || /REMAINDER$/.test(keywords['nargs'] ?? '');
  const hasDefault = keywords['default'] !== undefined && keywords['default'] !== 'None' && isClickArgument(keywords);
  return { name, schema, isRest, required: !isOptional && !hasDefault && keywords['required'] !== 'False' };
}

/** argparse ignores the default of an argument without nargs; click takes it, and knows no help of arguments. */
function isClickArgument(keywords: Keywords): boolean {
  return keywords['help'] === undefined && keywords['metavar'] === undefined;
}

function helpOf(keywords: Keywords): string | undefined {
  const help = literalOf(keywords['help']);
  return typeof help === 'string' && help !== '==SUPPRESS==' ? help.replaceAll('%%', '%') : undefined;
}

function schemaOf(keywords: Keywords, isList: boolean): ParameterSchema {
  const choices = literalsOf(keywords['choices'] ?? /Choice\(\s*([[(][^\])]*[\])])/.exec(keywords['type'] ?? '')?.[1]);
  const fallback = literalOf(keywords['default']);
  const one = {
    ...typeOf(keywords['type'], fallback),
    ...(choices && { type: choices.every((choice) => typeof choice === 'number') ? 'integer' : 'string', enum: choices }),
  };
  if (isList) return { type: 'array', items: one };
  const suits = fallback !== undefined && typeof fallback !== 'boolean' && (one.type === 'string') === (typeof fallback === 'string');
  return { ...one, ...(suits && !one.format && { default: fallback }) };
}

/** click takes the type of the default where there is no other; so do people who write argparse. */
function typeOf(text: string | undefined, fallback: unknown): ParameterSchema {
  if (text === undefined)
    return typeof fallback === 'number' ? { type: Number.isInteger(fallback) ? 'integer' : 'number' } : { type: 'string' };
  const kind = literalOf(text) ?? text;
  if (/^(int|long|(click\.)?INT|(click\.)?IntRange.*)$/s.test(String(kind))) return { type: 'integer' };
  if (/^(float|(click\.)?FLOAT|(click\.)?FloatRange.*)$/s.test(String(kind))) return { type: 'number' };
  const isRead = /^(argparse\.)?FileType\(\s*(['"]r|\))|^(click\.)?File\(\s*(['"]r|\))/s.test(text);
  return isRead ? { type: 'string', format: 'file' } : { type: 'string' };
}
