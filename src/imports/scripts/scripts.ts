// A folder of scripts: each becomes a definition with its text as a file, and its options and arguments as parameters.
import { basename, extname } from 'node:path';
import type { ProcessDefinition } from '../../model/definition.js';
import { Draft, type Imported, type ImportedFiles, imported, nameOf, Refused, withUniqueNames } from '../imported.js';
import type { FoundArgument, FoundScript } from './found.js';
import { readNode } from './node.js';
import { readPerl } from './perl.js';
import { readPython } from './python.js';
import { readShell } from './shell.js';
import { withUsage } from './usage.js';

interface Language {
  program: RegExp;
  extensions: string[];
  /** For a script without a first line that says it. */
  shebang: string;
  /** Absent: its options cannot be read. */
  read?: (source: string) => FoundScript;
}

const languages: Language[] = [
  { program: /\b(sh|bash|dash|zsh|ksh)\b/, extensions: ['.sh', '.bash'], shebang: '#!/bin/sh', read: readShell },
  { program: /\bpython[\d.]*\b/, extensions: ['.py'], shebang: '#!/usr/bin/env python3', read: readPython },
  { program: /\bnode\b/, extensions: ['.js', '.mjs', '.cjs'], shebang: '#!/usr/bin/env node', read: readNode },
  { program: /\bperl\b/, extensions: ['.pl'], shebang: '#!/usr/bin/env perl', read: readPerl },
  { program: /\bruby[\d.]*\b/, extensions: ['.rb'], shebang: '#!/usr/bin/env ruby' },
  { program: /\bphp[\d.]*\b/, extensions: ['.php'], shebang: '#!/usr/bin/env php' },
  { program: /\blua[\d.]*\b/, extensions: ['.lua'], shebang: '#!/usr/bin/env lua' },
  { program: /\bRscript\b/, extensions: ['.r', '.R'], shebang: '#!/usr/bin/env Rscript' },
];

/** The end of a name that says the language, and no version: that of `irb3.1` stays. */
const ending = /\.(sh|bash|zsh|ksh|py|js|mjs|cjs|pl|rb|php|lua|awk|tcl|R|r)$/;

/** What reads options looks back and forth, so that the time grows faster than the text. */
const readBound = 64 * 1024;

const unknown: FoundScript = { options: [], arguments: [], readsInput: false };

export function importScripts(files: ImportedFiles, siblings = Object.keys(files)): Imported[] {
  return withUniqueNames(
    Object.entries(files).map(([path, text]) =>
      imported(path, (notes) => {
        notes.push(...namedFiles(path, text, siblings));
        return definitionOf(path, text, notes);
      }),
    ),
  );
}

/** Other files of the folder that the script may load. */
function namedFiles(path: string, text: string, siblings: string[]): string[] {
  const others = siblings.filter((other) => other !== path && isNamed(basename(other), text));
  return others.map((other) => `it names ${basename(other)}, which is not among its files`);
}

/** As a word; one that could be any word, such as `service`, behind a slash. */
function isNamed(file: string, text: string): boolean {
  const isFileName = /\.\w+$/.test(file);
  for (let at = text.indexOf(file); at >= 0; at = text.indexOf(file, at + 1)) {
    const [first, last] = [text[at - 1] ?? ' ', text[at + file.length] ?? ' '];
    if ((isFileName ? /[^\w.-]/.test(first) : first === '/') && !/[\w-]/.test(last)) return true;
  }
  return false;
}

function definitionOf(path: string, text: string, notes: string[]): ProcessDefinition & { name: string } {
  const [, shebang] = /^(#!.*)\n?/.exec(text) ?? [];
  const language = languages.find(({ program, extensions }) => (shebang ? program.test(shebang) : extensions.includes(extname(path))));
  if (!shebang && !language) throw new Refused('not a script: its first line does not begin with #!');
  if (text.includes('\0')) throw new Refused('not a text');
  if (!language?.read) notes.push('its options could not be read: only those of sh, Python, Node.js and Perl are known');
  const isLong = text.length > readBound;
  if (isLong) notes.push(`its options were not read: it has more than ${readBound} characters`);
  const found = isLong ? unknown : withUsage(language?.read?.(text) ?? unknown, text, path);
  if (found.refused) throw new Refused(found.refused);
  const draft = new Draft(notes);
  addOptions(draft, found);
  addArguments(draft, found.arguments);
  const description = found.description ?? headerOf(text);
  const file = basename(path);
  return {
    name: nameOf(basename(path).replace(ending, '')),
    ...(description && { description }),
    exec: `./${file}`,
    files: { [file]: shebang ? text : `${language?.shebang}\n${text}` },
    ...(draft.argv.length > 0 && { argv: draft.argv }),
    ...inputOf(found, draft),
    ...draft.parameters,
  };
}

/** Standard input is what a definition without parameters takes anyway. */
function inputOf({ readsInput }: FoundScript, { parameters }: Draft): Pick<ProcessDefinition, 'input_adapter'> {
  if (!readsInput) return { input_adapter: { input_type: 'none' } };
  if (!parameters.parameters) return {};
  return { input_adapter: { input_type: 'file', input_parameters: { file_type: 'stream', stream_name: 'STDIN' } } };
}

const secretName = /(^|[-_])(password|passwd|passphrase|secret|api[-_]?key)$/i;

function addOptions(draft: Draft, { options }: FoundScript): void {
  for (const { name, flag, schema, required = false, description, isOnce = false, isJoined = false } of options) {
    if (draft.has(name)) continue;
    const described = description === undefined ? {} : { description };
    const secrecy = schema && secretName.test(name) ? { secret: true } : {};
    const placeholder = draft.parameter(
      name,
      { ...(schema ?? { type: 'boolean' }), ...described, ...secrecy },
      { required: required && schema !== null },
    );
    const parameter = placeholder.slice(2, -1);
    const words = isJoined ? [`${flag}=${placeholder}`] : [flag, placeholder];
    if (!schema) draft.argv.push({ when: parameter, args: [flag] });
    else if (schema.type === 'array' && !isOnce) draft.argv.push({ each: parameter, args: words });
    else draft.argv.push(words);
  }
}

function addArguments(draft: Draft, all: FoundArgument[]): void {
  for (const { name, schema, isRest = false, required } of all) {
    // an option and an argument may have the same name
    const free = draft.has(name) ? `${name}_argument` : name;
    if (draft.has(free)) continue;
    const placeholder = draft.parameter(free, { ...schema, ...(isRest && required && { minItems: 1 }) }, { required });
    draft.argv.push(isRest ? { each: placeholder.slice(2, -1), args: [placeholder] } : required ? placeholder : [placeholder]);
  }
}

/** The first comment behind the first line, as far as it is a sentence about the script. */
function headerOf(text: string): string | undefined {
  const lines = text.split('\n').slice(text.startsWith('#!') ? 1 : 0);
  const start = lines.findIndex(
    (line) => line.trim() !== '' && !/^\s*(#|\/\/|\*|\/\*)?\s*(-\*-.*|vim:.*|coding[:=].*|shellcheck.*|=+|-+|#+|\*+)?\s*$/.test(line),
  );
  const comments: string[] = [];
  for (const line of start < 0 ? [] : lines.slice(start)) {
    const comment = /^\s*(?:#|\/\/|\*)\s?(.*)$/.exec(line)?.[1]?.trim();
    if (!comment || /^(usage|author|copyright|license|licence|@|since|version|requires?)\b/i.test(comment)) break;
    comments.push(comment);
  }
  return comments.join(' ').replace(/^[\w.-]+\s*[-:–]+\s+/, '') || undefined;
}
