// Files that somebody has made to keep the server busy, or that are nothing at all, are read or refused in a short time.
import { expect, test } from 'vitest';
import { importFiles, importKinds } from '../../src/imports/kinds/import-files.js';

const pieces = [
  ' ',
  '\n',
  '#',
  "'",
  '"',
  '(',
  '[',
  '{',
  '\\',
  '$',
  '-',
  'a',
  'a ',
  '<',
  '=',
  '%',
  '|',
  '`',
  '/*',
  '//',
  '"""',
  '#!/bin/sh\n',
  '[a',
  '${1:-',
  ',',
  'add_argument(',
  "@option('--a', ",
  'x = sys.argv[1]\n',
  'case $1 in\n',
  '-a)\n',
  'while read a\n',
  '<<EOF\n',
  "getopts 'a:' x\n",
  'f() {\n',
  "GetOptions('a=s' => \\$a,",
  '=head1 A\n',
  'sub a {\n',
  '.option(',
  'parseArgs({',
  'new Option(',
  ".option('-a <b>').",
  'usage: x [',
  'usage: ',
  '* * * * * a\n',
  '1,',
  '@a ',
  '[Service]\n',
  'ExecStart=a\n',
  "ExecStart='",
  'ExecStart=%i $a\n',
  '{"a":',
  '- a\n',
  '&a [*a,',
  'a: ',
  '{{ a }}',
  '\0',
  '𝒜',
];
const shebangs = ['', '#!/bin/sh\n', '#!/usr/bin/env python3\n', '#!/usr/bin/env node\n', '#!/usr/bin/perl\n'];

test.each(importKinds)('%s', async (kind) => {
  const slow: string[] = [];
  for (const piece of pieces) {
    for (const shebang of kind === 'scripts' ? shebangs : ['']) {
      const text = shebang + piece.repeat(Math.floor(60_000 / piece.length));
      const begunMs = performance.now();
      await importFiles(kind, { file: text });
      const ms = performance.now() - begunMs;
      if (ms > 1500) slow.push(`${shebang}${piece}: ${Math.round(ms)} ms`);
    }
  }
  expect(slow).toEqual([]);
});

test.each(importKinds)('%s: an empty file, and one that is too large', async (kind) => {
  expect(await importFiles(kind, {})).toEqual([]);
  const [empty] = await importFiles(kind, { file: '' });
  expect(empty?.definition).toBeUndefined();
  expect(await importFiles(kind, { file: ' '.repeat(300_000) })).toEqual([
    { item: 'file', refused: expect.stringContaining('262144'), notes: [] },
  ]);
});
