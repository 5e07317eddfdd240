// JavaScript: util.parseArgs, commander, yargs, and process.argv.
import { type FoundArgument, type FoundScript, severalCommands, stringList } from './found.js';
import { commanderArguments, commanderOptions, yargsOptions } from './node-libraries.js';
import { parseArgsOptions } from './node-parse-args.js';
import { literalOf, withoutComments } from './source-text.js';

export function readNode(source: string): FoundScript {
  const code = withoutComments(source, '//');
  const isLibrary = /['"](commander|yargs)(\/\w+)?['"]/.test(code);
  const options = isLibrary ? [...commanderOptions(code), ...yargsOptions(code)] : parseArgsOptions(code);
  return {
    description: describedBy(source),
    options,
    arguments: isLibrary ? commanderArguments(code) : plainArguments(code),
    readsInput: /process\.stdin\b(?!\.isTTY)|readFileSync\(\s*(0\b|['"]\/dev\/stdin['"])/.test(code),
    isDeclared: isLibrary,
    ...(isLibrary && /\.command\s*\(/.test(code) && { refused: severalCommands }),
  };
}

function describedBy(source: string): string | undefined {
  const text =
    /\.description\(\s*(['"`])(.*?)\1/s.exec(source)?.[2] ??
    /^(?:#!.*\n)?(?:'use strict';?\n|"use strict";?\n|[^\S\n]*\n)*\/\*\*?([\s\S]*?)\*\//.exec(source)?.[1];
  const [first] = (text ?? '')
    .replace(/^[ \t]*\*[ \t]?/gm, '')
    .trim()
    .split(/\n\s*\n|\n\s*usage:/i);
  return first.replace(/\s+/g, ' ').trim() || undefined;
}

/** What is unpacked of, or taken by its index from, the positionals of parseArgs or process.argv. */
function plainArguments(code: string): FoundArgument[] {
  const list = String.raw`(?:[\w.]+\.)?positionals\b|process\.argv\.slice\(2\)`;
  const unpacked =
    new RegExp(String.raw`\[([^\[\]]+)\]\s*=\s*(?:${list})`).exec(code)?.[1] ??
    /\bpositionals:\s*\[([^[\]]+)\]/.exec(code)?.[1] ??
    /\[\s*(?:,\s*,|\w+\s*,\s*\w+\s*,)([^[\]]+)\]\s*=\s*process\.argv\b/.exec(code)?.[1];
  if (unpacked)
    return unpacked
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean)
      .map(unpackedArgument);
  const whole = /\bparseArgs\b/.test(code) ? undefined : /\b(?:const|let|var)\s+(\w+)\s*=\s*process\.argv\.slice\(2\)/.exec(code)?.[1];
  const places = [
    ...indexed(code, String.raw`process\.argv`, 2),
    ...indexed(code, String.raw`(?:[\w.]+\.)?positionals`, 0),
    ...(whole ? indexed(code, whole, 0) : []),
  ];
  const byIndex = new Map<number, FoundArgument>();
  for (const [index, argument] of places)
    if (!byIndex.has(index) || /^arg\d/.test(byIndex.get(index)?.name ?? '')) byIndex.set(index, argument);
  const count = Math.max(0, ...[...byIndex.keys()].map((index) => index + 1));
  if (count === 0 && whole && new RegExp(String.raw`\bof\s+${whole}\b|\b${whole}\.(map|forEach|join)\b`).test(code))
    return [{ name: whole, schema: stringList, isRest: true, required: false }];
  return Array.from(
    { length: count },
    (_, index) => byIndex.get(index) ?? { name: `arg${index + 1}`, schema: { type: 'string' }, required: true },
  );
}

/** const count = Number(process.argv[2] ?? 1) */
function indexed(code: string, list: string, first: number): [index: number, argument: FoundArgument][] {
  const pattern = new RegExp(
    String.raw`(?:(?:const|let|var)\s+(\w+)\s*=\s*(?:(Number|parseInt|parseFloat|Number\.parseInt|Number\.parseFloat)\(\s*|\+\s*|[\w.]+\(\s*)?)?\b${list}\[(\d)\](?:\s*(?:\?\?|\|\|)\s*([^;)\n,]+))?`,
    'g',
  );
  return [...code.matchAll(pattern)].flatMap(([, name, converted, place, fallback]) => {
    const index = Number(place) - first;
    if (index < 0) return [];
    const value = literalOf(fallback?.trim());
    const type = converted ? (/Int$/.test(converted) ? 'integer' : 'number') : 'string';
    const isDefault = typeof value === 'string' || typeof value === 'number';
    const schema = { type, ...(isDefault && { default: type === 'string' ? String(value) : Number(value) }) };
    return [[index, { name: name ?? `arg${index + 1}`, schema, required: fallback === undefined }] as [number, FoundArgument]];
  });
}

/** file, mode = 'fast', ...rest */
function unpackedArgument(part: string): FoundArgument {
  const [, dots, name = 'arg', fallback] = /^(\.\.\.)?(\w+)(?:\s*=\s*([\s\S]+))?$/.exec(part) ?? [];
  if (dots) return { name, schema: stringList, isRest: true, required: false };
  const value = literalOf(fallback);
  const isDefault = typeof value === 'string' || typeof value === 'number';
  return { name, schema: { type: 'string', ...(isDefault && { default: String(value) }) }, required: fallback === undefined };
}
