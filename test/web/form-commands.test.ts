// The lines for curl, procreg and Python: a shell reads from them what was filled in, whatever it is.
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { callOf } from '../../web/src/parts/form/call.js';
import { curlLine } from '../../web/src/parts/form/commands/curl.js';
import { procregLine } from '../../web/src/parts/form/commands/procreg.js';
import { pythonLines } from '../../web/src/parts/form/commands/python.js';
import { fieldsOf, type Program } from '../../web/src/parts/form/fields.js';
import { emptyFilled, type Filled } from '../../web/src/parts/form/filled.js';

const base = 'http://localhost:1';
const awkward = `it's "a" -\n$HOME \`x\` \\ üñ 日本 ;&|<>*?[]{}!#~%`;

/** The words of a line, read by a shell in which the command is one that prints them. */
function wordsOf(line: string): string[] {
  const defined = 'show() { for word; do printf "%s\\0" "$word"; done; }; curl() { show "$@"; }; procreg() { show "$@"; }\n';
  const env = { PATH: process.env.PATH, TOKEN: 'from the environment' };
  return execFileSync('/bin/sh', ['-c', defined + line], { env, encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);
}

function calls(program: Program, more: Partial<Filled>) {
  const fields = fieldsOf(program);
  const empty = emptyFilled(fields);
  const call = callOf('of us:mp3', program, fields, { ...empty, ...more, values: { ...empty.values, ...more.values } });
  return { curl: curlLine(base, "o'hara", call), procreg: procregLine(call), python: pythonLines(base, "o'hara", call) };
}

const declared = (properties: NonNullable<Program['parameters']>['properties'], more: Partial<Program> = {}): Program => ({
  exec: 'x',
  parameters: { properties },
  ...more,
});

test('Every value arrives as it is, in the words of curl and of procreg', () => {
  const program = declared({ text: { type: 'string' }, tags: { type: 'array', items: { type: 'string' } }, on: { type: 'boolean' } });
  const { curl, procreg } = calls(program, { values: { text: awkward, tags: ['-a', awkward], on: true } });
  const [, user, , , address] = wordsOf(curl);
  expect(user).toBe("o'hara");
  const { pathname, searchParams } = new URL(address);
  expect([pathname, searchParams.get('text'), searchParams.getAll('tags'), searchParams.get('on')]).toEqual([
    '/call/of%20us:mp3',
    awkward,
    ['-a', awkward],
    'true',
  ]);
  expect(wordsOf(procreg!)).toEqual(['run', 'of us:mp3', '--text', awkward, '--tags=-a', '--tags', awkward, '--on']);
});

test('A secret is a variable of the shell, and its value stands in no line', () => {
  const program = declared({ token: { type: 'string', secret: true }, text: { type: 'string' } });
  const lines = calls(program, { values: { token: 'hidden', text: awkward } });
  expect(Object.values(lines).join()).not.toContain('hidden');
  expect(wordsOf(lines.curl)).toContain('token=from the environment');
  expect(wordsOf(lines.curl)).toContain(`text=${awkward}`);
  expect(wordsOf(lines.procreg!)).toContain('--token=from the environment');
  expect(lines.python).toContain('"token": os.environ["TOKEN"]');
});

test('A message is data of curl, also where it begins like a file or an option, and stdin of procreg', () => {
  const lines = calls({ exec: 'cat' }, { message: { text: `@-${awkward}`, files: [] } });
  expect(wordsOf(lines.curl)).toContain(`@-${awkward}`);
  expect(lines.curl).toContain('--data-raw');
  expect(lines.procreg).toMatch(/^printf %s '.* \| procreg run 'of us:mp3'$/s);
});

test('A file is named with a folder where its name looks like an option, and the result after it', () => {
  const program = {
    exec: 'ffmpeg',
    argv: ['${input_file}', '${output_file}'],
    output_adapter: { output_type: 'file', output_parameters: { file_path: '${output_file}', extension: 'mp3' } },
  };
  const { curl, procreg, python } = calls(program, { message: { text: '', files: [new File(['x'], "-it's.wav")] } });
  expect(wordsOf(curl)).toEqual([
    '-u',
    "o'hara",
    '-T',
    "./-it's.wav",
    '-o',
    "./-it's.mp3",
    `${base}/call/of%20us:mp3?-input_file=-it%27s.wav`,
  ]);
  expect(wordsOf(procreg!)).toEqual(['run', '-i', "./-it's.wav", '-o', "./-it's.mp3", 'of us:mp3']);
  expect(python).toContain(`data=open("-it's.wav", "rb")`);
});

test('The output of a run is named, and copied for procreg', () => {
  const id = '0193a2b4-c5d6-7000-8000-000000000000';
  const { curl, procreg } = calls({ exec: 'cat' }, { message: { text: '', files: [{ from: `run:${id}/output` }] } });
  expect(wordsOf(curl).at(-1)).toBe(`${base}/call/of%20us:mp3?-message_from=run%3A${id}%2Foutput`);
  expect(procreg).toBe(`procreg cp ${id}:output - | procreg run 'of us:mp3'`);
});

test('A service is sent to, and gets secrets only by the API', () => {
  const service = declared({ token: { type: 'string', secret: true }, n: { type: 'integer' } }, { process_type: 'service' });
  expect(calls(service, { message: { text: 'hi', files: [] }, values: { n: '3' } }).procreg).toBe(
    "printf %s hi | procreg send --param n=3 'of us:mp3'",
  );
  expect(calls(service, { values: { token: 'hidden' } }).procreg).toBeNull();
});
