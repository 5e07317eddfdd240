// Perl: Getopt::Long, Getopt::Std, @ARGV and <STDIN>.
import { type FoundArgument, type FoundOption, type FoundScript, stringList } from './found.js';
import { callsOf, literalOf, withoutComments } from './source-text.js';

export function readPerl(source: string): FoundScript {
  const pod = [...source.matchAll(/^=[a-z][\s\S]*?(?:^=cut.*$|$(?![\s\S]))/gm)].map(([text]) => text).join('\n');
  const code = withoutComments(source.replace(/^=[a-z][\s\S]*?(?:^=cut.*$|$(?![\s\S]))/gm, ''), '#');
  const described = new Map([...pod.matchAll(/^=item\s+B?<?(--?[\w-]+)[^\n]*\n+([^\n=]+)/gm)].map(([, flag, text]) => [flag, text.trim()]));
  const found = positionals(code);
  return {
    description: /^=head1\s+NAME\s+\S+\s+-+\s+(.+)$/m.exec(pod)?.[1],
    options: [...longOptions(code), ...shortOptions(code)].map((option) => ({ ...option, description: described.get(option.flag) })),
    arguments: found,
    readsInput: /<STDIN>|\\\*STDIN|<-|\bjoin\s*\(?\s*''\s*,\s*<>/.test(code) || (/<>|<<>>/.test(code) && found.length === 0),
  };
}

/** 'bitrate|b=s' => \$bitrate, 'verbose!' => \$verbose, 'tag=s@' => \@tags, 'count=i' => … */
function longOptions(code: string): FoundOption[] {
  const [call] = callsOf(code.replace(/=>/g, ','), /\bGetOptions(?:FromArray)?\s*\(/g);
  return (call?.parts ?? []).flatMap((part, index) => {
    const spec = literalOf(part);
    const [, names, kind = '', many = ''] =
      typeof spec === 'string' ? (/^([\w|?-]+?)(!|\+|[=:][sif]|:\d+)?(@|\{\d.*\}|%)?$/.exec(spec) ?? []) : [];
    if (names === undefined || /^(help|h|\?|man|version)(\||$)/.test(names)) return [];
    // the target of an option that is stored by \%opt is not an option itself
    const [name] = names.split('|').toSorted((one, other) => Number(one.length === 1) - Number(other.length === 1));
    const target = call.parts[index + 1] ?? '';
    return [{ name, flag: `${name.length === 1 ? '-' : '--'}${name}`, schema: schemaOf(code, { kind, target, isMany: many !== '' }) }];
  });
}

function schemaOf(code: string, { kind, target, isMany }: { kind: string; target: string; isMany: boolean }): FoundOption['schema'] {
  if (!/[sif\d]$/.test(kind)) return null;
  const types: Record<string, string> = { i: 'integer', f: 'number', s: 'string' };
  const type = types[kind.slice(1)] ?? 'integer';
  if (isMany || target.startsWith('\\@')) return { type: 'array', items: { type } };
  return { type, ...defaultOf(code, target, type) };
}

/** my $bitrate = '192k'; before the options are read. */
function defaultOf(code: string, target: string, type: string): { default?: string | number } {
  const variable = /^\\(?:my\s+)?\$(\w+)/.exec(target)?.[1];
  const value = variable && literalOf(new RegExp(String.raw`(?:my|our)\s+\$${variable}\s*=\s*([^;]+);`).exec(code)?.[1].trim());
  if (typeof value !== 'string' && typeof value !== 'number') return {};
  return value === '' || (type === 'string') !== (typeof value === 'string') ? {} : { default: value };
}

/** getopts('ab:'); our $opt_b, or $opts{b} */
function shortOptions(code: string): FoundOption[] {
  const letters = /\bgetopts?\s*\(?\s*['"]([A-Za-z0-9:]+)['"]/.exec(code)?.[1] ?? '';
  return [...letters.matchAll(/([A-Za-z0-9])(:?)/g)].flatMap(([, letter, colon]) => {
    if (letter === 'h' && !colon) return [];
    const variable = new RegExp(
      String.raw`(?:my|our)\s+\$(\w+)\s*=\s*(?:defined\s*\(?\s*)?\$(?:\w+\{['"]?${letter}['"]?\}|opt_${letter}\b)`,
    ).exec(code)?.[1];
    return [{ name: variable ?? letter, flag: `-${letter}`, schema: colon ? { type: 'string' } : null }];
  });
}

function positionals(code: string): FoundArgument[] {
  const main = code.replace(/^sub\s+\w+\s*\{[\s\S]*?^\}/gm, '');
  const unpacked = /my\s*\(([^)]+)\)\s*=\s*@ARGV/.exec(main)?.[1];
  if (unpacked) return [...unpacked.matchAll(/([$@])(\w+)/g)].map(([, sigil, name]) => (sigil === '@' ? rest(name) : one(name)));
  const shifted = main.matchAll(/my\s+\$(\w+)\s*=\s*(?:shift(?:\s*\(?\s*@ARGV\s*\)?)?|\$ARGV\[(\d)\])\s*(\/\/|\|\||;|or\b)\s*([^;]*)/g);
  const found = [...shifted].map(([, name, , operator, after]) => {
    const fallback = operator === '//' || operator === '||' ? literalOf(after.trim()) : undefined;
    if (fallback === undefined || typeof fallback === 'boolean') return one(name);
    return { name, schema: { type: 'string', default: String(fallback) }, required: false };
  });
  const isWhole = /(?:for|foreach|while|map|grep)\b[^;{]*(?:\{[^}]*\}\s*)?@ARGV|my\s+@\w+\s*=\s*@ARGV/.test(main);
  return found.length === 0 && isWhole ? [rest(/my\s+@(\w+)\s*=\s*@ARGV/.exec(main)?.[1] ?? 'files')] : found;
}

function one(name: string): FoundArgument {
  return { name, schema: { type: 'string' }, required: true };
}

function rest(name: string): FoundArgument {
  return { name, schema: stringList, isRest: true, required: false };
}
