// Perl: Getopt::Long, Getopt::Std, @ARGV and <STDIN>.
import {
  type FoundArgument,
  type FoundOption,
  type FoundScript,
  insideParentheses,
  literalOf,
  nothingFound,
  splitArguments,
} from './found.js';

export function readPerl(source: string): FoundScript {
  const code = source.replace(/^=\w[\s\S]*?(^=cut.*$|$(?![\s\S]))/gm, '');
  const found = nothingFound();
  found.description = /^=head1\s+NAME\s+\S+\s+-+\s+(.+)$/m.exec(source)?.[1];
  const described = new Map(
    [...source.matchAll(/^=item\s+B?<?(--?[\w-]+)[^\n]*\n+([^\n=]+)/gm)].map(([, flag, text]) => [flag, text.trim()]),
  );
  found.options = [...longOptions(code), ...shortOptions(code)].map((option) => ({ ...option, description: described.get(option.flag) }));
  found.arguments = positionals(code);
  found.readsInput = /<STDIN>|<>|while\s*\(\s*<\s*>\s*\)/.test(code) && !(found.arguments.length > 0 && !/<STDIN>/.test(code));
  return found;
}

/** 'bitrate|b=s' => \$bitrate, 'verbose!' => \$verbose, 'tag=s@' => \@tags, 'count=i' => … */
function longOptions(code: string): FoundOption[] {
  const call = /\bGetOptions(?:FromArray)?\s*\(/.exec(code);
  if (!call) return [];
  const parts = splitArguments(insideParentheses(code, call.index + call[0].length - 1).replaceAll('=>', ','));
  return parts.flatMap((part, index) => {
    const spec = literalOf(part);
    const [, names, kind = '', many = ''] =
      typeof spec === 'string' ? (/^([\w|?-]+?)(!|\+|[=:][sif])?(@|\{\d.*\})?$/.exec(spec) ?? []) : [];
    if (names === undefined || /^(help|h|\?|man|version)(\||$)/.test(names)) return [];
    const [name] = names.split('|');
    const target = parts[index + 1] ?? '';
    const types: Record<string, string> = { i: 'integer', f: 'number', s: 'string' };
    const one = { type: types[kind.slice(1)] ?? 'string' };
    const isList = many !== '' || target.startsWith('\\@');
    const fallback = defaultOf(code, target, one.type);
    const schema = /[sif]$/.test(kind) ? (isList ? { type: 'array', items: one } : { ...one, ...fallback }) : null;
    return [{ name, flag: `${name.length === 1 ? '-' : '--'}${name}`, schema }];
  });
}

/** my $bitrate = '192k'; before the options are read. */
function defaultOf(code: string, target: string, type: string): { default?: string | number } {
  const variable = /^\\(?:my\s+)?\$(\w+)/.exec(target)?.[1];
  const value = variable && literalOf(new RegExp(String.raw`(?:my|our)\s+\$${variable}\s*=\s*([^;]+);`).exec(code)?.[1].trim());
  if (typeof value !== 'string' && typeof value !== 'number') return {};
  return value === '' || (type === 'string') !== (typeof value === 'string') ? {} : { default: value };
}

function shortOptions(code: string): FoundOption[] {
  const letters = /\bgetopts?\s*\(\s*['"]([A-Za-z:]+)['"]/.exec(code)?.[1] ?? '';
  return [...letters.matchAll(/([A-Za-z])(:?)/g)].flatMap(([, letter, colon]) => {
    if (letter === 'h' && !colon) return [];
    const variable = new RegExp(
      String.raw`(?:my|our)?\s*\$(\w+)\s*=\s*\$(?:opts?|opt|options)(?:\{['"]?${letter}['"]?\}|_${letter}\b)`,
    ).exec(code)?.[1];
    return [{ name: variable ?? letter, flag: `-${letter}`, schema: colon ? { type: 'string' } : null }];
  });
}

function positionals(code: string): FoundArgument[] {
  const main = code.replace(/^sub\s+\w+\s*\{[\s\S]*?^\}/gm, '');
  const one = (name: string) => ({ name, schema: { type: 'string' }, required: true });
  const unpacked = /my\s*\(([^)]+)\)\s*=\s*@ARGV/.exec(main)?.[1];
  if (unpacked) {
    const names = [...unpacked.matchAll(/([$@])(\w+)/g)];
    return names.map(([, sigil, name]) => (sigil === '@' ? rest(name) : one(name)));
  }
  const shifted = [
    ...main.matchAll(/my\s+\$(\w+)\s*=\s*(?:shift(?:\s*\(?\s*@ARGV\s*\)?)?|\$ARGV\[(\d)\])\s*(\/\/|\|\||;|or\b)\s*([^;]*)/g),
  ];
  const found = shifted.map(([, name, , operator, after]) => {
    const fallback = operator === '//' || operator === '||' ? literalOf(after.replace(/;.*$/s, '').trim()) : undefined;
    return fallback === undefined || typeof fallback === 'boolean'
      ? one(name)
      : { name, schema: { type: 'string', default: String(fallback) }, required: false };
  });
  if (found.length === 0 && /(?:for|foreach|while)\b[^{]*@ARGV|@ARGV\s*[;)]/.test(main) && !/die[^;]*unless\s+@ARGV\s*;?\s*$/.test(main))
    return [rest('files')];
  return found;
}

function rest(name: string): FoundArgument {
  return { name, schema: { type: 'array', items: { type: 'string' } }, isRest: true, required: false };
}
