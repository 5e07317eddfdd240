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

const values = ['null', '1', '"a"', '[]', '[1]', '[null]', '{}', '{"a": 1}', '[[[]]]', 'true'];
const shapes: Record<string, string[]> = {
  webhook: [
    'V',
    '[V]',
    ...['id', 'execute-command', 'command-working-directory', 'trigger-rule'].map((key) => `[{"execute-command": "a", "${key}": V}]`),
    ...['arguments', 'environment', 'file'].map((key) => `[{"id": "a", "execute-command": "a", "pass-${key}-to-command": V}]`),
  ],
  olivetin: [
    'V',
    '{"actions": V}',
    '{"actions": [V]}',
    ...['title', 'id', 'shell', 'exec', 'timeout', 'arguments', 'maxConcurrent'].map(
      (key) => `{"actions": [{"shell": "a {{ b }}", "${key}": V}]}`,
    ),
    ...['name', 'type', 'choices', 'default'].map(
      (key) => `{"actions": [{"shell": "a {{ b }}", "arguments": [{"name": "b", "${key}": V}]}]}`,
    ),
  ],
  cwl: [
    'V',
    ...[
      'baseCommand',
      'inputs',
      'outputs',
      'arguments',
      'requirements',
      'hints',
      'stdin',
      'stdout',
      'id',
      'doc',
      'successCodes',
      'cwlVersion',
    ].map((key) => `{"class": "CommandLineTool", "cwlVersion": "v1.2", "baseCommand": "a", "${key}": V}`),
    '{"class": "CommandLineTool", "cwlVersion": "v1.2", "baseCommand": "a", "inputs": {"a": {"type": V, "inputBinding": V}}}',
    '{"class": "CommandLineTool", "cwlVersion": "v1.2", "baseCommand": "a", "requirements": {"EnvVarRequirement": {"envDef": V}, "InitialWorkDirRequirement": {"listing": V}}}',
  ],
};

test.each(Object.keys(shapes))('%s: any value in any place is read or refused', async (kind) => {
  for (const shape of shapes[kind])
    for (const value of values) {
      const items = await importFiles(kind as 'cwl', { file: shape.replaceAll('V', value) });
      for (const { definition, refused } of items) expect(definition ?? refused).toBeDefined();
    }
  const deep = await importFiles(kind as 'cwl', { file: '['.repeat(100_000) });
  expect(deep).toMatchObject([{ refused: expect.any(String) }]);
});
