// What of a pasted command line one will want to change each time: files, numbers, choices.
import {
  converters,
  filters,
  inputOptions,
  interpreters,
  optionNames,
  outputOptions,
  readers,
  scripted,
  usualChoices,
} from './known-types.js';
import { changeable, type Draft, extensionOf, fixedPart, freeName, type Part, type Role } from './parts.js';
import { splitCommand, type Token } from './split-command.js';

export interface Guess {
  draft: Draft;
  /** What the author should know about it. */
  notes: string[];
  fault?: string;
}

export function guess(line: string): Guess {
  const { tokens: all, environment, fault } = splitCommand(line);
  const notes: string[] = [];
  const { tokens, stdin } = withoutStreams(withoutUseless(all, notes));
  const reasons = [...new Set(tokens.flatMap(({ needsShell }) => needsShell ?? []))];
  const usesShell = reasons.length > 0;
  if (usesShell) notes.push(`A shell runs the whole line, since it has ${listed(reasons)}.`);
  const parts = tokens.map(partOf);
  for (const command of commandsOf(parts)) guessCommand(command, parts, notes);
  limitOutputs(parts);
  const first = commandsOf(parts)[0] ?? [];
  const readsStdin = stdin || (!parts.some(({ role }) => role === 'input') && readsByItself(first));
  const draft: Draft = { parts, usesShell, readsStdin, environment, files: {}, more: {} };
  return { draft, notes, fault };
}

/** Without what has no meaning here. */
function withoutUseless(tokens: Token[], notes: string[]): Token[] {
  if (tokens[0]?.text === 'sudo') {
    notes.push('sudo is left out: it gives a program no more rights here.');
    return withoutUseless(tokens.slice(1), notes);
  }
  const isInPlace = ({ text }: Token) => /^(-i\S*|--in-place(=.*)?)$/.test(text);
  if (tokens[0]?.text !== 'sed' || !tokens.some(isInPlace)) return tokens;
  notes.push('-i is left out: the changed text is the result.');
  return tokens.filter((token) => !isInPlace(token));
}

/** `< in` and `> out` need no shell where they are all that does. */
function withoutStreams(tokens: Token[]): { tokens: Token[]; stdin: boolean } {
  const isStream = ({ text, isOperator }: Token, at: number) =>
    isOperator && /^[<>]$/.test(text) && tokens[at + 1]?.isOperator === false && !tokens[at + 1].needsShell;
  if (tokens.some((token, at) => token.needsShell && !isStream(token, at))) return { tokens, stdin: false };
  const removed = new Set(tokens.flatMap((token, at) => (isStream(token, at) ? [at, at + 1] : [])));
  return { tokens: tokens.filter((_token, at) => !removed.has(at)), stdin: tokens.some(({ text }) => text === '<') };
}

function partOf({ raw, gap, text, isOperator, needsShell }: Token): Part {
  // a word that only the shell understands has no value before it runs
  const part = fixedPart(text, { raw, gap });
  if (isOperator || needsShell) return { ...part, isOperator: true };
  const [prefix] = /^--?[A-Za-z][\w-]*=@?(?=.)|^(if|of)=(?=.)|^(\w+=)?@(?=.)/.exec(text) ?? [''];
  return { ...part, prefix };
}

/** The words of each command of the line. */
function commandsOf(parts: Part[]): Part[][] {
  const commands: Part[][] = [[]];
  for (const part of parts) {
    if (part.isOperator && /^([|&;()\n]|\|\||&&|\|&)+$/.test(part.text)) commands.push([]);
    else commands.at(-1)?.push(part);
  }
  return commands.filter((command) => command.length > 0);
}

function guessCommand(command: Part[], parts: Part[], notes: string[]): void {
  const [program, ...words] = command;
  const name = baseName(program.text);
  if (program.text.startsWith('./')) notes.push(mustBeDropped(program.text.slice(2)));
  const positional: Part[] = [];
  let script: Part | undefined;
  for (const [at, part] of words.entries()) {
    const before = words[at - 1];
    const isOption = part.text.startsWith('-') && part.prefix === '' && !isNumber(part.text);
    if (part.isOperator || isOption) continue;
    const option = part.prefix || (before && /^-./.test(before.text) && !before.prefix ? before.text : '');
    if (before?.isOperator) redirected(before, part, parts);
    else if (!script && isScript(name, option, part)) {
      script = part;
      if (!/^-[cem]$/.test(option) && looksLikeFile(part.text)) notes.push(mustBeDropped(part.text));
    } else if (!guessOption(name, option, part, parts)) positional.push(part);
  }
  guessPositional(name, positional, parts);
}

function mustBeDropped(file: string): string {
  return `${file} must be where the program runs. Drop it here, and it is stored with the program.`;
}

/** Of a shell's own `< in` and `> out`. */
function redirected({ text }: Part, part: Part, parts: Part[]): void {
  if (text === '<') become(part, 'input', 'file', parts);
  if (text === '>') become(part, 'output', 'output', parts);
}

/** The script of an interpreter, or the text or module in its place. */
function isScript(program: string, option: string, { text, prefix }: Part): boolean {
  if (!interpreters.has(program) || prefix) return false;
  return option === '' || /^-[cem]$/.test(option) || looksLikeFile(text);
}

/** Whether the word before says what this one is. */
function guessOption(program: string, option: string, part: Part, parts: Part[]): boolean {
  const value = changeable(part);
  const key = option.replace(/=$/, '');
  const isFile = looksLikeFile(value);
  if (key === '') return false;
  if (key.endsWith('@')) return become(part, 'input', fileName(value), parts);
  if (key === 'of' || (outputOptions.has(key) && (isFile || program === 'curl'))) return become(part, 'output', 'output', parts);
  if (key === 'if' || (inputOptions.has(key) && isFile)) return become(part, 'input', fileName(value), parts);
  if (/^-[a-z]*f$/.test(key) && program === 'tar') return become(part, /x|t/.test(key) ? 'input' : 'output', 'archive', parts);
  const plain = key.replace(/^-+/, '');
  const name = optionNames[plain] ?? plain;
  if (isNumber(value) || isMeasure(value)) return measured(part, name, parts);
  // an option that is spelled out is followed by its value, or takes none: a file then counts for itself
  return part.prefix !== '' && isFile ? become(part, 'input', name, parts) : false;
}

function measured(part: Part, name: string, parts: Part[]): boolean {
  const value = changeable(part);
  const choices = usualChoices[name];
  if (choices?.includes(value)) {
    part.choices = choices;
    return become(part, 'choice', name, parts);
  }
  return become(part, isNumber(value) ? 'number' : 'text', name, parts);
}

function guessPositional(program: string, words: Part[], parts: Part[]): void {
  const rest = [...words];
  if (Object.hasOwn(scripted, program)) {
    const script = rest.shift();
    const name = scripted[program];
    if (script && name) become(script, 'text', name, parts);
  }
  const files = rest.filter((part) => looksLikeFile(part.text));
  for (const part of rest) {
    if (/^(https?|ftp):\/\//.test(part.text)) become(part, 'text', 'url', parts);
    else if (isNumber(part.text) && !files.includes(part) && !['chmod', 'kill'].includes(program))
      become(part, 'number', program === 'sleep' ? 'seconds' : 'number', parts);
    else if (isMeasure(part.text) && !files.includes(part)) become(part, 'text', 'size', parts);
  }
  const written = writtenFile(program, rest, parts);
  for (const part of files) {
    if (part === written) become(part, 'output', 'output', parts);
    else become(part, 'input', fileName(part.text), parts);
  }
}

/** The one of the words that is the file which the program writes. */
function writtenFile(program: string, words: Part[], parts: Part[]): Part | undefined {
  const files = words.filter(({ text }) => looksLikeFile(text));
  const last = files.at(-1);
  if (!last || readers.has(program) || interpreters.has(program) || parts.some(({ role }) => role === 'output')) return undefined;
  if (program === 'zip') return files[0];
  if (converters.has(program) && (words.length > 1 || parts.some(({ role }) => role === 'input'))) return last;
  const isLastWord = parts.at(-1) === last;
  return isLastWord && files.length > 1 && extensionOf(files[0].text) !== extensionOf(last.text) ? last : undefined;
}

/** A run has one result; what else is written is found among its files. */
function limitOutputs(parts: Part[]): void {
  for (const part of parts.filter(({ role }) => role === 'output').slice(1)) part.role = 'fixed';
}

function become(part: Part, role: Role, wanted: string, parts: Part[]): true {
  part.name = freeName(
    wanted,
    parts.filter((one) => one !== part),
  );
  part.role = role;
  return true;
}

function readsByItself([program, ...words]: Part[]): boolean {
  if (!program) return false;
  const isAlone = words.every(({ text }) => text.startsWith('-'));
  return filters.has(baseName(program.text)) || (baseName(program.text) === 'gzip' && isAlone);
}

function looksLikeFile(text: string): boolean {
  return /^[^\s:|;<>*?"'`$(){}[\]\\^=,]*[^\s/:.]\.[A-Za-z][A-Za-z0-9]{0,4}$/.test(text) && !text.startsWith('-') && !/\d\.[xX]$/.test(text);
}

const isNumber = (text: string) => /^-?\d+(\.\d+)?$/.test(text);
/** 192k, 800x600, 50%, 00:01:30. */
const isMeasure = (text: string) => /^\d+(\.\d+)?([kKMG%]|x\d*|ms|s)$|^\d+x\d+$|^\d\d?(:\d\d)+(\.\d+)?$/.test(text);

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function fileName(path: string): string {
  return baseName(path).replace(/\.[^.]*$/, '') || 'file';
}

function listed(nouns: string[]): string {
  return nouns.length < 2 ? nouns.join('') : `${nouns.slice(0, -1).join(', ')} and ${nouns.at(-1)}`;
}
