// Python: argparse, optparse and click, sys.argv and sys.stdin.
import { valueIn } from '../imported.js';
import { type FoundArgument, type FoundScript, severalCommands } from './found.js';
import { argumentOf, keywordsOf, optionOf } from './python-options.js';
import { callsOf, literalOf, withoutComments } from './source-text.js';

export function readPython(source: string): FoundScript {
  const code = withoutComments(source, '#');
  const found: FoundScript = { description: describedBy(source, code), options: [], arguments: [], readsInput: readsInput(code) };
  if (/\.add_subparsers\s*\(|@(?:click\.)?group\s*\(|@(?!click\.)\w+\.command\s*\(/.test(code)) found.refused = severalCommands;
  const isClick = /\bclick\b/.test(code);
  const calls = /\.(?:add_argument|add_option)\s*\(|@(?:click\.)?(option|argument)\s*\(/g;
  for (const { parts } of callsOf(code, calls)) {
    const words = parts.map(literalOf).filter((word): word is string => typeof word === 'string');
    const keywords = resolved(code, keywordsOf(parts));
    if (words.length === 0 || /^(?:(?:argparse\.)?_)?["']?(help|version)["']?$/.test(keywords['action'] ?? '')) continue;
    if (words[0].startsWith('-')) found.options.push(optionOf(words, keywords));
    else found.arguments.push(argumentOf(words[0], keywords));
  }
  // decorators stand in the order of the arguments
  found.isDeclared = isClick || /ArgumentParser|OptionParser/.test(code);
  if (!found.isDeclared) found.arguments = plainArguments(code);
  return found;
}

function describedBy(source: string, code: string): string | undefined {
  const text =
    literalOf(/(?:ArgumentParser|command)\((?:[^()]*,\s*)?(?:description|help)\s*=\s*((["']).*?(?<!\\)\2)/s.exec(code)?.[1]) ??
    /^(?:#.*\n|[^\S\n]*\n)*(?:[rRuU]?)("""|''')([\s\S]*?)\1/.exec(source)?.[2] ??
    /@(?:click\.)?command\([\s\S]*?\bdef\s+\w+\([^)]*\)[^:]*:\s*("""|''')([\s\S]*?)\1/.exec(source)?.[2];
  return (
    String(text ?? '')
      .trim()
      .split(/\n\s*\n|\n\s*usage:/i)[0]
      .replace(/\s+/g, ' ') || undefined
  );
}

/** Keywords that name a constant of the module get its value. */
function resolved(code: string, keywords: Record<string, string>): Record<string, string> {
  const entries = Object.entries(keywords).map(([key, value]) => {
    if (!/^[A-Z][A-Z0-9_]*$/.test(value)) return [key, value];
    const [, list, plain] = new RegExp(String.raw`^${value}\s*=\s*(?:([[(][\s\S]*?[\])])\s*$|(.+)$)`, 'm').exec(code) ?? [];
    return [key, (list ?? plain ?? value).trim()];
  });
  return Object.fromEntries(entries);
}

function readsInput(code: string): boolean {
  return /\bsys\.stdin\b(?!\.isatty)|\bfileinput\.|(?<![.\w])input\s*\(|\bopen\(\s*0\b|click\.get_(?:text|binary)_stream\(\s*['"]stdin/.test(
    code,
  );
}

/** sys.argv[1], with the name of the variable that it is given to. */
function plainArguments(code: string): FoundArgument[] {
  const unpacked =
    /^[ \t]*\(?([\w, *]+?),?\)?\s*=\s*sys\.argv\[1:\]?/m
      .exec(code)?.[1]
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean) ?? [];
  if (unpacked.length > 1) return unpacked.map((name) => listed(name.replace('*', ''), name.startsWith('*')));
  const uses = code.matchAll(/(?:(\w+)\s*=\s*(?:(int|float|str|Path|pathlib\.Path|open)\(\s*)?)?sys\.argv\[([1-9])\](?=(.*)$)/gm);
  const found = new Map<number, FoundArgument>();
  for (const [, name, type, index, after] of uses) {
    const former = found.get(Number(index));
    if (former && (!name || !/^arg\d$/.test(former.name))) continue;
    const fallback = /\bif\s+len\(\s*sys\.argv\s*\)\s*>=?\s*\d+\s*else\s+(.+)$/.exec(after)?.[1].trim();
    found.set(Number(index), plainArgument(name ?? `arg${index}`, type, fallback));
  }
  const last = Math.max(0, ...found.keys());
  const all = Array.from({ length: last }, (_, index) => found.get(index + 1) ?? plainArgument(`arg${index + 1}`, undefined, undefined));
  const rest = /(?:(\w+)\s*=\s*|\bfor\s+(\w+)\s+in\s+)sys\.argv\[(?:[1-9]):\]/.exec(code);
  return rest ? [...all, listed(rest[1] ?? rest[2], true)] : all;
}

function listed(name: string, isRest: boolean): FoundArgument {
  const one = { type: 'string' };
  return isRest ? { name, schema: { type: 'array', items: one }, isRest, required: false } : { name, schema: one, required: true };
}

function plainArgument(name: string, type: string | undefined, fallback: string | undefined): FoundArgument {
  const types: Record<string, string> = { int: 'integer', float: 'number' };
  const value = literalOf(fallback);
  const isDefault = typeof value === 'number' || typeof value === 'string';
  const kind = valueIn(types, type ?? '') ?? 'string';
  return {
    name,
    schema: { type: kind, ...(isDefault && { default: kind === 'string' ? String(value) : value }) },
    required: fallback === undefined,
  };
}
