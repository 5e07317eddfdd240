// A folder of scripts: each becomes a definition with its text as a file, and its options and arguments as parameters.
import { basename, extname } from 'node:path';
import type { ProcessDefinition } from '../../model/definition.js';
import { Draft, type Imported, type ImportedFiles, imported, nameOf, Refused, withUniqueNames } from '../imported.js';
import { type FoundScript, nothingFound } from './found.js';
import { readNode } from './node.js';
import { readPerl } from './perl.js';
import { readPython } from './python.js';
import { readShell } from './shell.js';

interface Language {
  program: RegExp;
  extensions: string[];
  /** For a script without a first line that says it. */
  shebang: string;
  read: (source: string) => FoundScript;
}

const languages: Language[] = [
  { program: /\b(sh|bash|dash|zsh|ksh)\b/, extensions: ['.sh', '.bash'], shebang: '#!/bin/sh', read: readShell },
  { program: /\bpython[\d.]*\b/, extensions: ['.py'], shebang: '#!/usr/bin/env python3', read: readPython },
  { program: /\bnode\b/, extensions: ['.js', '.mjs', '.cjs'], shebang: '#!/usr/bin/env node', read: readNode },
  { program: /\bperl\b/, extensions: ['.pl'], shebang: '#!/usr/bin/env perl', read: readPerl },
];

export function importScripts(files: ImportedFiles): Imported[] {
  return withUniqueNames(Object.entries(files).map(([path, text]) => imported(path, (notes) => definitionOf(path, text, notes))));
}

function definitionOf(path: string, text: string, notes: string[]): ProcessDefinition & { name: string } {
  const [, shebang] = /^(#!.*)\n?/.exec(text) ?? [];
  const language = languages.find(({ program, extensions }) => (shebang ? program.test(shebang) : extensions.includes(extname(path))));
  if (!shebang && !language) throw new Refused('not a script: its first line does not begin with #!');
  if (text.includes('\0')) throw new Refused('not a text');
  const found = language?.read(text) ?? nothingFound();
  if (!language) notes.push('its options could not be read: only those of sh, Python, Node.js and Perl are known');
  notes.push(...found.notes);
  const draft = new Draft();
  addOptions(draft, found);
  addArguments(draft, found);
  const description = found.description ?? headerOf(text);
  const file = basename(path);
  return {
    name: nameOf(basename(path, extname(path))),
    ...(description && { description }),
    exec: `./${file}`,
    files: { [file]: shebang ? text : `${language?.shebang}\n${text}` },
    ...(draft.argv.length > 0 && { argv: draft.argv }),
    ...(!found.readsInput && { input_adapter: { input_type: 'none' } }),
    ...(found.readsInput &&
      draft.parameters.parameters && {
        input_adapter: { input_type: 'file', input_parameters: { file_type: 'stream', stream_name: 'STDIN' } },
      }),
    ...draft.parameters,
  };
}

function addOptions(draft: Draft, { options }: FoundScript): void {
  for (const { name, flag, schema, required = false, description } of options) {
    if (draft.has(name)) continue;
    const described = description === undefined ? {} : { description };
    const placeholder = draft.parameter(name, { ...(schema ?? { type: 'boolean' }), ...described }, { required });
    const parameter = placeholder.slice(2, -1);
    if (!schema) draft.argv.push({ when: parameter, args: [flag] });
    else if (schema.type === 'array') draft.argv.push({ each: parameter, args: [flag, placeholder] });
    else draft.argv.push([flag, placeholder]);
  }
}

function addArguments(draft: Draft, { arguments: all }: FoundScript): void {
  for (const { name, schema, isRest, required } of all) {
    if (draft.has(name)) continue;
    const placeholder = draft.parameter(name, schema, { required: required && !isRest });
    draft.argv.push(required && !isRest ? placeholder : isRest ? { each: placeholder.slice(2, -1), args: [placeholder] } : [placeholder]);
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
