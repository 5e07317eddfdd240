// A definition that was written by hand, or that an import has read from a script, becomes words that can be clicked.
import { describe, expect, test } from 'vitest';
import { importScripts } from '../../src/imports/scripts/scripts.js';
import { rolesOf, withName, withRole } from '../../web/src/views/new/change-role.js';
import { fromDefinition } from '../../web/src/views/new/from-definition.js';
import { groupWords } from '../../web/src/views/new/group-words.js';
import { guess } from '../../web/src/views/new/guess.js';
import { toDefinition } from '../../web/src/views/new/to-definition.js';
import { examples } from '../imports/examples.js';

describe('a definition that was written by hand, or imported,', () => {
  test.each([
    toDefinition(guess('ffmpeg -i in.wav -b:a 192k out.mp3').draft),
    toDefinition(guess('sort -n numbers.txt | uniq -c').draft),
    {
      name: 'all',
      exec: 'x',
      argv: [
        'plain',
        '--a=${a}',
        ['-b', '${b}'],
        { when: 'v', args: ['-v'] },
        { when: 'v', args: ['-w', '1'] },
        { each: 't', args: ['-t', '${t}'] },
        '${port}',
        'a${a}b',
      ],
      environment: { X: '${a}' },
      input_adapter: { input_type: 'port', input_parameters: { tcp_port: '${port}' } },
      output_adapter: { output_type: 'directory', output_parameters: { directory: 'out' } },
      parameters: {
        type: 'object',
        properties: {
          a: { type: 'integer', maximum: 9, default: 3, description: 'how much' },
          v: { type: 'boolean' },
          b: { type: 'string' },
          t: { type: 'array' },
        },
        required: ['a'],
      },
      timeout: 5,
    },
  ])('becomes words and the same definition again', (definition) => {
    expect(toDefinition(fromDefinition(definition))).toEqual(definition);
  });

  test('A field that is renamed stays required, and no other has its name', () => {
    const draft = fromDefinition({
      exec: 'x',
      argv: ['${file}', ['--rate', '${rate}']],
      parameters: { type: 'object', required: ['file'], properties: { file: { type: 'string' }, rate: { type: 'integer' } } },
    });
    expect(toDefinition(withName(draft, draft.parts[1], 'rate'))).toMatchObject({
      argv: ['${rate_2}', ['--rate', '${rate}']],
      parameters: { required: ['rate_2'], properties: { rate_2: { type: 'string' }, rate: { type: 'integer' } } },
    });
  });

  test('A field without a value to begin with can become a number, and gets no value by that', () => {
    const draft = fromDefinition({ exec: 'x', argv: ['${n}'], parameters: { type: 'object', properties: { n: { type: 'string' } } } });
    expect(rolesOf(draft.parts[1], draft)).toContain('number');
    expect(toDefinition(withRole(draft, draft.parts[1], 'number')).parameters).toEqual({
      type: 'object',
      properties: { n: { type: 'number', title: 'N' } },
    });
  });

  test('Standard input is taken or not, also where each parameter stands in a group', () => {
    const definition = {
      exec: 'x',
      argv: [['--rate', '${rate}']],
      input_adapter: { input_type: 'none' },
      parameters: { type: 'object', properties: { rate: { type: 'integer' } } },
    };
    expect(toDefinition({ ...fromDefinition(definition), readsStdin: true }).input_adapter).toEqual({
      input_type: 'file',
      input_parameters: { file_type: 'stream', stream_name: 'STDIN' },
    });
  });

  const scripts = importScripts({ ...examples('scripts'), ...examples('late-scripts') }).filter(({ definition }) => definition);

  test.each(scripts)('$item becomes words and the same definition again', ({ definition }) => {
    expect(toDefinition(fromDefinition({ ...definition }))).toEqual({ argv: [], ...definition });
  });

  test('A word of it can be clicked', () => {
    const draft = fromDefinition({ exec: 'x', argv: ['-n', '5'] });
    Object.assign(draft.parts[2], { role: 'number', name: 'n' });
    expect(toDefinition(draft)).toMatchObject({
      argv: ['-n', '${n}'],
      parameters: { properties: { n: { type: 'integer', default: 5 } } },
    });
  });
});

test.each([
  [['--rate', '${rate}'], '--rate rate', 'if given'],
  [['${target}'], 'target', 'if given'],
  [['--level=${level}'], '--level=level', 'if given'],
  [{ when: 'v', args: ['-w', '1'] }, '-w 1', 'if v is on'],
  [{ each: 'files', args: ['${files}'] }, 'files', 'for each of files'],
  [{ each: 'tag', args: ['--tag', '${tag}'] }, '--tag tag', 'for each of tag'],
  [['$${x}', '$<y>', ''], "${x} y ''", 'if given'],
  [['-n', '$${x} $$'], '-n ${x} $$', ''],
  ['${port}', '${port}', ''],
  [{ unknown: 1 }, '{"unknown":1}', ''],
])('%j is shown as %s, %s', (element, words, condition) => {
  expect(groupWords(element)).toEqual({ words, condition });
});
