// The arguments of a shell script by their position: $1, ${2:-fallback}, "$@"; those of functions are others.
import { type FoundArgument, stringList } from './found.js';

export function shellPositionals(code: string, hasOptions: boolean): FoundArgument[] {
  const main = mainCode(code);
  const list = numbered(main.replace(/\bcase\s+["']?\$\{?1[\s\S]*?\besac\b/g, ''));
  const choices = hasOptions ? undefined : choicesOf(main);
  if (choices) list[0] = { ...(list[0] ?? { name: 'action', required: true }), schema: { type: 'string', enum: choices } };
  const rest = restOf(main, hasOptions);
  return rest && !(hasOptions && list.length > 0) ? [...list, rest] : list;
}

/** Without functions, except the one that gets all arguments: main "$@". */
function mainCode(code: string): string {
  const entry = /^\s*(\w+)\s+"\$@"\s*$/m.exec(code)?.[1];
  const text = code.replace(
    /^[ \t]*(?:function\s+)?([\w-]+)[ \t]*(?:\(\))?[ \t]*\{(?:.*\}[ \t]*$|[\s\S]*?^[ \t]*\})/gm,
    (whole, name: string) => (name === entry ? whole : ''),
  );
  return entry === undefined ? text : text.replace(new RegExp(String.raw`^\s*${entry}\s+"\$@"\s*$`, 'm'), '');
}

function numbered(main: string): FoundArgument[] {
  const found = new Map<number, FoundArgument>();
  for (const [, variable, index, operator, fallback] of main.matchAll(/(?:\b(\w+)=["']?)?\$\{?([1-9])(?:(:?[-?=+])([^}]*))?\}?/g)) {
    const former = found.get(Number(index));
    if (former && !variable && !operator) continue;
    const name = variable?.toLowerCase() ?? `arg${index}`;
    const isOptional = (former && !former.required) || /[-=+]$/.test(operator ?? '');
    const isDefault = /[-=]$/.test(operator ?? '') && fallback && !/[$`]/.test(fallback);
    found.set(Number(index), {
      name: former && !/^arg\d$/.test(former.name) ? former.name : name,
      schema: { type: 'string', ...former?.schema, ...(isDefault && { default: fallback.replace(/^["']|["']$/g, '') }) },
      required: !isOptional,
    });
  }
  const last = Math.max(0, ...found.keys());
  return Array.from({ length: last }, (_, index) => found.get(index + 1) ?? unnamed(index + 1));
}

function unnamed(index: number): FoundArgument {
  return { name: `arg${index}`, schema: { type: 'string' }, required: true };
}

/** case "$1" in start) … stop) … */
function choicesOf(main: string): string[] | undefined {
  const body = /\bcase\s+["']?\$\{?1\}?["']?\s+in\b([\s\S]*?)\besac\b/.exec(main)?.[1];
  const labels = [...(body ?? '').matchAll(/(?:^|;;)\s*\(?["']?([a-z][\w-]*(?:\s*\|\s*[a-z][\w-]*)*)["']?\)/gm)];
  const words = labels.flatMap(([, label]) => label.split(/\s*\|\s*/)).filter((word) => word !== 'help');
  return words.length > 1 ? words : undefined;
}

/** "$@" outside of the loop that reads the options. */
function restOf(main: string, hasOptions: boolean): FoundArgument | undefined {
  const lines = main.split('\n').filter((line) => /"\$@"|\$\*|"\$\{@/.test(line));
  const uses = lines.filter(
    (line) => !/\bgetopts?\b|\bset\s+--|(?:parse\w*|usage|main)\s+"\$@"/.test(line) && !(hasOptions && /^\s*for\b/.test(line)),
  );
  const loop = /^\s*for\s+(\w{2,})\s*(?:;|$|\bin\s+"\$@")/m.exec(main)?.[1];
  if (uses.length === 0 && (!loop || hasOptions)) return undefined;
  return { name: loop && !hasOptions ? loop.toLowerCase() : 'arguments', schema: stringList, isRest: true, required: false };
}
