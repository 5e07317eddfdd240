// The usage line of a script ("usage: report.sh [-o OUTPUT] FILE..."): names its arguments, and says what is optional.
import { basename } from 'node:path';
import type { ParameterSchema } from '../../model/definition.js';
import type { FoundArgument, FoundOption, FoundScript } from './found.js';

interface Usage {
  /** By the flag: the name of its value, and whether the option must be given. */
  options: Map<string, { value?: string; required: boolean }>;
  arguments: { name: string; required: boolean; isRest: boolean; choices?: string[] }[];
}

const program = String.raw`(?:(?:node|perl|python3?|bash|sh)\s+)?(?:\$\(basename\s+"?\$0"?\)|\$\{[^}]*\}|${'`'}basename\s+"?\$0"?${'`'}|%\(prog\)s|[^\s"'${'`'}]+)`;
const usageLine = new RegExp(String.raw`\busage:\s*(?:\\n)?\s*(?:[#*/]+\s*)?${program}[ \t]+([^\n]+)`, 'i');

/** Adds to what a script's code says what its usage says. */
export function withUsage(found: FoundScript, source: string, path: string): FoundScript {
  if (found.isDeclared) return found;
  const switches = new Set(found.options.filter(({ schema }) => !schema).map(({ flag }) => flag));
  const usage = usageOf(source, { path, switches });
  if (!usage) return found;
  return {
    ...found,
    options: found.options.length > 0 ? found.options.map((option) => namedByUsage(option, usage)) : optionsOf(usage),
    arguments: usage.arguments.length > 0 ? usage.arguments.map((one, index) => argumentOf(one, found.arguments[index])) : found.arguments,
  };
}

function namedByUsage(option: FoundOption, { options }: Usage): FoundOption {
  const said = options.get(option.flag);
  if (!said || !option.schema) return option;
  const required = option.required ?? (said.required && option.schema.default === undefined);
  return { ...option, required, name: option.name.length === 1 && said.value ? said.value : option.name };
}

function optionsOf({ options }: Usage): FoundOption[] {
  return [...options]
    .filter(([flag]) => !/^--?(h|help|version|V)$/.test(flag))
    .map(([flag, { value, required }]) => ({
      flag,
      name: flag.replace(/^-+/, ''),
      schema: value === undefined ? null : { type: 'string' },
      required: required && value !== undefined,
    }));
}

function argumentOf({ name, required, isRest, choices }: Usage['arguments'][number], former: FoundArgument | undefined): FoundArgument {
  const isNamed =
    former !== undefined && !/^arg(\d+|uments)$/.test(former.name) && former.name.length > 1 && (former.isRest ?? false) === isRest;
  const schema: ParameterSchema = {
    ...(former && former.schema.type !== 'array' ? former.schema : { type: 'string' }),
    ...(choices && { enum: choices }),
  };
  return {
    name: isNamed ? former.name : name,
    schema: isRest ? { type: 'array', items: { type: 'string' } } : schema,
    isRest,
    required: required && schema.default === undefined,
  };
}

function usageOf(source: string, { path, switches }: { path: string; switches: Set<string> }): Usage | undefined {
  const file = basename(path).replace(/[.+*?^$()[\]{}|\\]/g, '\\$&');
  // the script's own name at the start of a line of a comment, as in a SYNOPSIS
  const named = new RegExp(String.raw`^[ \t]*(?:[#*/]+[ \t]*)?(?:\./)?${file}[ \t]+((?:[[<{]|--?\w|[A-Z][A-Z_]+\b)[^\n]*)`, 'm');
  const line = (usageLine.exec(source) ?? named.exec(source))?.[1];
  if (line === undefined) return undefined;
  return new UsageReader(switches).read(line.replace(/(?:\\n|["'`]|\s-\s|\s{3,}|\s\(|;).*$/, ''));
}

const token =
  /\[|\]|\|(?=\s)|\.\.\.|…|<[^<>]+>|\{[^{}]*\}|--?[A-Za-z][\w-]*(?:=(?:<[^<>]+>|[^\s\]]+))?|[^\s[\]<>]+?(?=\.\.\.|…|[\s[\]<>]|$)/g;

class UsageReader {
  private readonly usage: Usage = { options: new Map(), arguments: [] };
  private depth = 0;
  /** The option that a word behind it may belong to. */
  private open: string | undefined;
  private words = 0;

  constructor(private readonly switches: Set<string>) {}

  /** Undefined: it is a sentence. */
  read(line: string): Usage | undefined {
    for (const [text] of line.matchAll(token)) this.take(text);
    return this.words > 3 ? undefined : this.usage;
  }

  private take(text: string): void {
    if (text === '[') this.depth++;
    else if (text === ']') this.depth--;
    else if (text === '...' || text === '…') this.repeat();
    else if (text.startsWith('-')) return this.option(text);
    else if (text !== '|') this.word(text);
    if (text !== '|') this.open = undefined;
  }

  private option(text: string): void {
    const [flag, value] = text.split('=');
    // [--field NAME ...] again
    if (!this.usage.options.has(flag)) this.usage.options.set(flag, { required: this.depth === 0, ...(value && { value: plain(value) }) });
    this.open = value || this.switches.has(flag) ? undefined : flag;
  }

  private word(text: string): void {
    const option = this.open === undefined ? undefined : this.usage.options.get(this.open);
    if (option) option.value = plain(text);
    else if (/^(options?|flags|args|arguments)$/i.test(text) && this.depth > 0) return;
    else if (/^[\w<{|>-]+[\w|>}. -]*$/.test(text)) this.argument(text);
  }

  private argument(text: string): void {
    if (/^[a-z]/.test(text) && !text.includes('|') && this.depth === 0) this.words++;
    const choices = /^[<{]?([\w-]+(?:\s*\|\s*[\w-]+)+)[>}]?$/.exec(text)?.[1].split(/\s*\|\s*/);
    const name = choices ? 'action' : plain(text);
    const last = this.usage.arguments.at(-1);
    // FILE [FILE...]
    if (last?.name === name) last.isRest = true;
    else this.usage.arguments.push({ name, required: this.depth === 0, isRest: false, ...(choices && { choices }) });
  }

  private repeat(): void {
    const last = this.usage.arguments.at(-1);
    if (last && this.open === undefined) last.isRest = true;
  }
}

function plain(text: string): string {
  const word = text
    .replace(/[<>{}]/g, '')
    .replace(/\.+$/, '')
    .trim();
  return /[a-z]/.test(word) ? word : word.toLowerCase();
}
