// Shell: getopts, case "$1" in, $1 and "$@", read.
import { type FoundArgument, type FoundOption, type FoundScript, nothingFound } from './found.js';

export function readShell(source: string): FoundScript {
  const code = source.replace(/^\s*#.*$/gm, '');
  const found = nothingFound();
  const usage = usageLines(source);
  found.options = [...shortOptions(code, usage), ...longOptions(code, usage)];
  found.arguments = positionals(code, found.options.length > 0);
  found.readsInput =
    /\bread\s+(-\w+\s+)*\w+|\/dev\/stdin|\bcat\s*(-\s|\||$|>)|<&0/m.test(code) && !/\bread\s+-p|done\s*<\s*["$\w/]/.test(code);
  return found;
}

/** `-b RATE  bits per second`, as comments and help texts say it. */
function usageLines(source: string): Map<string, string> {
  const lines = source.matchAll(/^[\s#"']*(-\w)?(?:,\s*)?(--[\w-]+)?(?:[ =]<?\[?[A-Za-z_-]+\]?>?)?\s{2,}(\S.*?)["']?$/gm);
  return new Map([...lines].flatMap(([, short, long, text]) => [short, long].flatMap((flag) => (flag ? [[flag, text] as const] : []))));
}

function shortOptions(code: string, usage: Map<string, string>): FoundOption[] {
  const letters = /\bgetopts\s+["']?:?([A-Za-z0-9:]+)["']?\s+\w+/.exec(code)?.[1] ?? '';
  return [...letters.matchAll(/([A-Za-z0-9])(:?)/g)].flatMap(([, letter, colon]) => {
    const branch = new RegExp(String.raw`^\s*\(?(?:[\w|]*\|)?["']?${letter}["']?(?:\|\w)*\)([\s\S]*?);;`, 'm').exec(code)?.[1] ?? '';
    const variable = colon ? /(\w+)\+?=\(?["']?\$\{?OPTARG/.exec(branch)?.[1] : /(\w+)=/.exec(branch)?.[1];
    if (letter === 'h' && !colon) return [];
    return [optionOf(`-${letter}`, { variable: variable ?? letter, takesValue: colon === ':', usage, isNumber: false })];
  });
}

function longOptions(code: string, usage: Map<string, string>): FoundOption[] {
  const branches = [...code.matchAll(/^\s*\(?((?:--?[\w-]+(?:=\*)?\s*\|\s*)*--?[\w-]+(?:=\*)?)\)([\s\S]*?);;/gm)];
  return branches.flatMap(([, flags, branch]) => {
    const names = flags.split('|').map((flag) => flag.trim().replace(/=\*$/, ''));
    const flag = names.find((name) => name.startsWith('--')) ?? names[0];
    if (names.some((name) => /^--?(help|h|version|)$/.test(name))) return [];
    const variable = /^\s*(?:local\s+|declare\s+)?(\w+)\+?=/.exec(branch)?.[1] ?? flag.replace(/^-+/, '');
    const takesValue = /=\s*\(?["']?\$\{?[12]|shift\s+2|\$\{1#/.test(branch);
    return [optionOf(flag, { variable, takesValue, usage, isNumber: false, other: names.find((name) => name !== flag) })];
  });
}

interface Shape {
  variable: string;
  takesValue: boolean;
  usage: Map<string, string>;
  isNumber: boolean;
  other?: string;
}

function optionOf(flag: string, { variable, takesValue, usage, other = '' }: Shape): FoundOption {
  const name = flag.startsWith('--') ? flag.slice(2) : variable.toLowerCase();
  return { name, flag, schema: takesValue ? { type: 'string' } : null, description: usage.get(flag) ?? usage.get(other) };
}

/** Arguments by their position, outside of functions, whose $1 is another one. */
function positionals(code: string, hasOptions: boolean): FoundArgument[] {
  const main = code
    .replace(/^\s*(?:function\s+)?[\w-]+\s*(?:\(\))?\s*\{[\s\S]*?^\s*\}/gm, '')
    .replace(/\bcase\s+["']?\$\{?1[\s\S]*?\besac\b/g, '');
  const found = new Map<number, FoundArgument>();
  for (const [, variable, index, operator, fallback] of main.matchAll(/(?:\b(\w+)=["']?)?\$\{?([1-9])(?:(:?[-?=])([^}]*))?\}?/g)) {
    const former = found.get(Number(index));
    const name = variable?.toLowerCase() ?? former?.name ?? `arg${index}`;
    const isOptional = /-|=$/.test(operator ?? '');
    if (former && !variable && !operator) continue;
    found.set(Number(index), {
      name: former && !former.name.startsWith('arg') ? former.name : name,
      schema: {
        type: 'string',
        ...(isOptional && fallback && !fallback.includes('$') && { default: fallback.replace(/^["']|["']$/g, '') }),
      },
      required: !isOptional,
    });
  }
  const last = Math.max(0, ...found.keys());
  const list = Array.from(
    { length: last },
    (_, index) => found.get(index + 1) ?? { name: `arg${index + 1}`, schema: { type: 'string' }, required: true },
  );
  const takesRest =
    /"\$@"|\$\*|"\$\{@/.test(main) && !/getopts|while\s+\[+\s*(\$#|"?\$\{?1|-n)/.test(code.match(/^.*"\$@".*$/m)?.[0] ?? '');
  const isParsing = /(?:main|parse\w*|usage)\s+"\$@"/.test(main);
  if (takesRest && !isParsing && !(hasOptions && last > 0))
    list.push({ name: 'arguments', schema: { type: 'array', items: { type: 'string' } }, isRest: true, required: false });
  return list;
}
