// JavaScript: util.parseArgs, commander, yargs and process.argv.
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

export function readNode(source: string): FoundScript {
  const found = nothingFound();
  found.description = describedBy(source);
  found.options = [...parseArgsOptions(source), ...commanderOptions(source), ...yargsOptions(source)];
  found.arguments = commanderArguments(source);
  if (found.options.length + found.arguments.length === 0) found.arguments = plainArguments(source);
  else if (/positionals/.test(source) && found.arguments.length === 0) found.arguments = positionalsOf(source);
  if (/\.command\s*\(/.test(source)) found.notes.push('its sub-commands are not carried over: say which one in argv');
  found.readsInput = /process\.stdin|readFileSync\(\s*(0|['"]\/dev\/stdin['"])/.test(source);
  return found;
}

function describedBy(source: string): string | undefined {
  const text =
    /\.description\(\s*(['"`])(.*?)\1/s.exec(source)?.[2] ??
    /^(?:#!.*\n)?(?:'use strict';?\n|"use strict";?\n|\s*\n)*\/\*\*?([\s\S]*?)\*\//.exec(source)?.[1];
  return text
    ?.replace(/^\s*\*\s?/gm, '')
    .trim()
    .split(/\n\s*\n/)[0]
    .replace(/\s+/g, ' ');
}

/** key: value pairs of an object literal. */
function entriesOf(text: string): [key: string, value: string][] {
  const inner = /^\{([\s\S]*)\}$/.exec(text.trim())?.[1] ?? '';
  return splitArguments(inner.replace(/^\s*\/\/.*$/gm, '')).flatMap((part) => {
    const [, key, value] = /^['"]?([\w-]+)['"]?\s*:\s*([\s\S]+)$/.exec(part) ?? [];
    return key === undefined ? [] : [[key, value]];
  });
}

function parseArgsOptions(source: string): FoundOption[] {
  const call = /\bparseArgs\s*\(/.exec(source);
  if (!call) return [];
  const inside = insideParentheses(source, call.index + call[0].length - 1).trim();
  const config = Object.fromEntries(entriesOf(inside));
  const named = /^\w+$/.test(config['options'] ?? '') ? new RegExp(String.raw`\b${config['options']}\s*=\s*\{`).exec(source) : null;
  const options = named
    ? `{${insideParentheses(source, named.index + named[0].length - 1)}}`
    : (config['options'] ?? (/\boptions\s*[,}]/.test(inside) ? variableObject(source, 'options') : '{}'));
  return entriesOf(options).flatMap(([name, value]) => {
    const { type, multiple, default: fallback } = Object.fromEntries(entriesOf(value));
    if (name === 'help' || name === 'version') return [];
    return [
      {
        name,
        flag: `--${name}`,
        schema: literalOf(type) === 'boolean' ? null : schemaOf('string', { isList: multiple === 'true', fallback: literalOf(fallback) }),
      },
    ];
  });
}

function variableObject(source: string, name: string): string {
  const found = new RegExp(String.raw`\b${name}\s*=\s*\{`).exec(source);
  return found ? `{${insideParentheses(source, found.index + found[0].length - 1)}}` : '{}';
}

function schemaOf(
  type: string,
  { isList = false, fallback, choices }: { isList?: boolean; fallback?: unknown; choices?: (string | number)[] },
): ParameterSchema {
  const one = { type, ...(choices && { enum: choices }) };
  if (isList) return { type: 'array', items: one };
  return {
    ...one,
    ...((typeof fallback === 'string' || typeof fallback === 'number') && { default: type === 'string' ? String(fallback) : fallback }),
  };
}

/** .option('-b, --bitrate <rate>', 'bits per second', '192k') */
function commanderOptions(source: string): FoundOption[] {
  return [...source.matchAll(/\.(requiredOption|option)\s*\(/g)].flatMap((call) => {
    const parts = splitArguments(insideParentheses(source, call.index + call[0].length - 1));
    const flags = literalOf(parts[0]);
    if (typeof flags !== 'string' || !flags.startsWith('-')) return [];
    const words = flags.split(/[\s,|]+/);
    const flag = words.find((word) => word.startsWith('--')) ?? words[0];
    const value = /[<[]([^>\]]+)[>\]]/.exec(flags)?.[1];
    const description = literalOf(parts[1]);
    const isNumber = parts.slice(2).some((part) => /^(parseInt|parseFloat|Number)\b/.test(part));
    const fallback = literalOf(parts.at(-1));
    const schema =
      value === undefined
        ? null
        : schemaOf(isNumber ? 'number' : 'string', { isList: value.includes('...'), fallback: parts.length > 2 ? fallback : undefined });
    return [
      {
        name: flag.replace(/^-+(no-)?/, ''),
        flag,
        schema,
        required: call[1] === 'requiredOption',
        ...(typeof description === 'string' && { description }),
      },
    ];
  });
}

function commanderArguments(source: string): FoundArgument[] {
  return [...source.matchAll(/\.(?:argument|arguments)\s*\(/g)].flatMap((call) => {
    const parts = splitArguments(insideParentheses(source, call.index + call[0].length - 1));
    const text = literalOf(parts[0]);
    const description = literalOf(parts[1]);
    return [...String(text ?? '').matchAll(/([<[])([\w-]+)(\.\.\.)?[>\]]/g)].map(([, bracket, name, rest]) => ({
      name,
      schema: {
        ...(rest ? { type: 'array', items: { type: 'string' } } : { type: 'string' }),
        ...(typeof description === 'string' && { description }),
      },
      isRest: rest !== undefined,
      required: bracket === '<',
    }));
  });
}

/** .option('bitrate', { type: 'number', describe: '…', demandOption: true }) */
function yargsOptions(source: string): FoundOption[] {
  if (!/yargs/.test(source)) return [];
  return [...source.matchAll(/\.option\s*\(/g)].flatMap((call) => {
    const [first, second = ''] = splitArguments(insideParentheses(source, call.index + call[0].length - 1));
    const name = literalOf(first);
    if (typeof name !== 'string' || name.startsWith('-') || !second.startsWith('{')) return [];
    const {
      type,
      describe,
      description = describe,
      demandOption,
      default: fallback,
      choices,
      array,
    } = Object.fromEntries(entriesOf(second));
    const kind = literalOf(type) ?? 'string';
    const text = literalOf(description);
    const shape = { isList: array === 'true' || kind === 'array', fallback: literalOf(fallback), choices: literalsOf(choices) };
    const schema = kind === 'boolean' ? null : schemaOf(kind === 'number' ? 'number' : 'string', shape);
    return [{ name, flag: `--${name}`, schema, required: demandOption === 'true', ...(typeof text === 'string' && { description: text }) }];
  });
}

function positionalsOf(source: string): FoundArgument[] {
  const unpacked = /\[([\w\s,]+)\]\s*=\s*positionals/.exec(source)?.[1];
  const names =
    unpacked
      ?.split(',')
      .map((name) => name.trim())
      .filter(Boolean) ?? [];
  const used = names.length > 0 ? names : [...source.matchAll(/positionals\[(\d)\]/g)].map(([, index]) => `arg${Number(index) + 1}`);
  return [...new Set(used)].map((name) => ({ name, schema: { type: 'string' }, required: true }));
}

function plainArguments(source: string): FoundArgument[] {
  const unpacked = /\[\s*(?:,\s*,|\w+\s*,\s*\w+\s*,)([^\]]+)\]\s*=\s*process\.argv|\[([^\]]+)\]\s*=\s*process\.argv\.slice\(2\)/.exec(
    source,
  );
  const listed =
    (unpacked?.[1] ?? unpacked?.[2])
      ?.split(',')
      .map((part) => part.trim())
      .filter(Boolean) ?? [];
  if (listed.length > 0) return listed.map(unpackedArgument);
  const indexed = [
    ...source.matchAll(/(?:(?:const|let|var)\s+(\w+)\s*=\s*(?:(Number|parseInt|parseFloat)\()?\s*)?process\.argv\[([2-9])\]/g),
  ];
  const byIndex = new Map(indexed.map(([, name, type, index]) => [Number(index), { name, type }]));
  const last = Math.max(1, ...byIndex.keys());
  return Array.from({ length: last - 1 }, (_, index) => {
    const { name = `arg${index + 1}`, type } = byIndex.get(index + 2) ?? {};
    return { name, schema: { type: type ? 'number' : 'string' }, required: true };
  });
}

/** file, mode = 'fast', ...rest */
function unpackedArgument(part: string): FoundArgument {
  const [, dots, name, fallback] = /^(\.\.\.)?(\w+)(?:\s*=\s*([\s\S]+))?$/.exec(part) ?? [];
  if (dots) return { name: name ?? 'arguments', schema: { type: 'array', items: { type: 'string' } }, isRest: true, required: false };
  return { name: name ?? 'arg', schema: schemaOf('string', { fallback: literalOf(fallback) }), required: fallback === undefined };
}
