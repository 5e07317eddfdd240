// Files that somebody has made to keep the server busy, or that are nothing at all, are read or refused in a short time.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { importKinds } from '../../src/imports/kinds/import-file.js';
import { newUser } from '../support/accounts.js';
import { importedHere } from '../support/imports.js';
import { livenessDuring } from '../support/liveness.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const sent = (kind: string, files: Record<string, string>, login = 'admin:secret') =>
  server.send({ method: 'POST', path: `/api/import/${kind}/`, login, body: { files } });
const repeated = (piece: string, length: number) => piece.repeat(Math.floor(length / piece.length));

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

test.each(importKinds)('%s: whatever is repeated, others are answered meanwhile', async (kind) => {
  const begins = kind === 'scripts' ? shebangs : [''];
  const texts = pieces.flatMap((piece) => begins.map((begin) => begin + repeated(piece, 60_000)));
  const { longestMs } = await livenessDuring(server, async () => {
    for (const text of texts) expect([200, 400]).toContain((await sent(kind, { file: text })).status);
  });
  expect(longestMs).toBeLessThan(500);
});

/** What a text becomes may be much larger than the text. */
const growing: Record<string, string> = {
  systemd: `[Service]\nEnvironment=A=${'x'.repeat(50_000)}\nExecStart=/bin/a ${'${A} '.repeat(4000)}\n`,
  crontab: '* * * * * x\n'.repeat(20_000),
  olivetin: `d: &d "${'x'.repeat(100_000)}"\nactions:\n${'- {title: *d, shell: a}\n'.repeat(95)}`,
};

test.each(Object.entries(growing))('%s: what a text becomes is bounded, in each file and in all together', async (kind, text) => {
  const files = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`f${index}.service`, text]));
  const before = server.peakBytes();
  const { status, bytes, json } = await sent(kind, files);
  expect([status, json.definitions]).toEqual([200, []]);
  expect(json.refused[0].reason).toMatch(/characters/);
  expect(bytes.length).toBeLessThan(100_000);
  expect(server.peakBytes() - before).toBeLessThan(400 * 2 ** 20);
});

test('Many small files become no more than one answer may hold', async () => {
  const files = Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`f${index}`, '* * * * * x\n'.repeat(6000)]));
  const { json, bytes } = await sent('crontab', files);
  expect(json.refused.at(-1).reason).toMatch(
    /^what this file and those before it become has more than 8388608 characters$|took more than 2000 ms/,
  );
  expect(bytes.length).toBeLessThan(32 * 2 ** 20);
});

test('One who sends slow texts without end holds up neither the others nor their imports', async () => {
  const [hostile, other] = [await newUser(server, 'author'), await newUser(server, 'author')];
  const slow = `[${repeated('a,', 250_000)}]`;
  const { longestMs } = await livenessDuring(server, async () => {
    const all = Array.from({ length: 6 }, () => sent('webhook', { a: slow, b: slow }, `${hostile}:pw`));
    const begunMs = performance.now();
    const { json } = await sent('crontab', { own: '@daily /bin/true\n' }, `${other}:pw`);
    expect(json.definitions).toHaveLength(1);
    expect(performance.now() - begunMs).toBeLessThan(8000);
    for (const { status, json: answer } of await Promise.all(all)) {
      expect([status, answer.refused[0].reason]).toEqual([200, expect.stringMatching(/too much memory|takes more than|took more than/)]);
    }
  });
  expect(longestMs).toBeLessThan(500);
});

test('What is larger than a definition may be is a fault, and not stored', async () => {
  const text = `#!/bin/sh\n# ${'x'.repeat(200_000)}\n`;
  const { json } = await sent('scripts', { 'a.sh': text });
  expect(json.definitions[0].faults).toEqual([]);
  const title = `d: &d "${'x'.repeat(240_000)}"\nactions:\n- {title: a, shell: *d, arguments: [{name: a, title: *d, description: *d, default: *d, type: 'regex:.*'}]}`;
  const large = await sent('olivetin', { a: title.replace('shell: *d', 'exec: [a, *d, *d, *d, *d, *d]') });
  expect(large.json.definitions[0].faults).toMatchObject([{ message: expect.stringMatching(/is limited to 1048576 bytes/) }]);
});

test.each(importKinds)('%s: an empty file, and one that is too large', async (kind) => {
  expect(await importedHere(kind, {})).toEqual([]);
  const [empty] = await importedHere(kind, { file: '' });
  expect(empty?.definition).toBeUndefined();
  expect(await importedHere(kind, { file: ' '.repeat(300_000) })).toEqual([
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
      const items = await importedHere(kind as 'cwl', { file: shape.replaceAll('V', value) });
      for (const { definition, refused } of items) expect(definition ?? refused).toBeDefined();
    }
  const deep = await importedHere(kind as 'cwl', { file: '['.repeat(100_000) });
  expect(deep).toMatchObject([{ refused: expect.any(String) }]);
});
