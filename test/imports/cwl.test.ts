// CWL tools become definitions: the basic examples of the CWL user guide, and what is refused.
import { expect, test } from 'vitest';
import { importCwl } from '../../src/imports/cwl.js';
import { examples, wordsOf } from './examples.js';
import { faultsOf } from './faults-of.js';

const all = importCwl(examples('cwl'));
const tool = (name: string) => all.find(({ item }) => item === `cwl/${name}.cwl`) ?? { item: '', notes: [] };
const stdout = { output_type: 'file', output_parameters: { file_type: 'stream', stream_name: 'STDOUT' } };

test.each<[name: string, values: Record<string, unknown>, words: string[]]>([
  ['1st-tool', { message: 'Hello world!' }, ['echo', 'Hello world!']],
  [
    'inp',
    { example_flag: true, example_string: 'hello', example_int: 42, example_file: '/w' },
    ['echo', '-f', '-i42', '--example-string', 'hello', '--file=/w'],
  ],
  [
    'inp',
    { example_flag: false, example_string: 'hello', example_int: 42, example_file: undefined },
    ['echo', '-i42', '--example-string', 'hello'],
  ],
  ['tar', { tarfile: '/t' }, ['tar', '--extract', '--file', '/t']],
  ['stdout', { message: 'x' }, ['echo', 'x']],
  ['tar-param', { tarfile: '/t', extractfile: 'goodbye.txt' }, ['tar', '--extract', '--file', '/t', 'goodbye.txt']],
  ['docker', { src: '/s' }, ['node', '/s']],
  [
    'array-inputs',
    { filesA: ['one', 'two', 'three'], filesB: ['four', 'five', 'six'], filesC: 'seven,eight,nine' },
    ['echo', '-A', 'one', 'two', 'three', '-B=four', '-B=five', '-B=six', '-C=seven,eight,nine'],
  ],
  ['env', {}, ['env']],
  ['array-outputs', { touchfiles: ['foo.txt', 'bar.dat'] }, ['touch', 'foo.txt', 'bar.dat']],
  ['arguments', { src: '/s', workdir: '/w' }, ['javac', '-d', '/w', '/s']],
  ['literal-file', {}, ['sh', 'sort.sh']],
])('%s with %j', async (name, values, words) => {
  expect(tool(name).refused).toBeUndefined();
  expect(wordsOf(tool(name), values)).toEqual(words);
  expect(await faultsOf(tool(name).definition ?? {})).toEqual([]);
});

test('outputs, variables, files and the message', () => {
  expect(tool('tar').definition?.output_adapter).toEqual({ output_type: 'file', output_parameters: { file_path: 'hello.txt' } });
  expect(tool('tar-param').definition?.output_adapter?.output_parameters).toEqual({ file_path: '${extractfile}' });
  expect(tool('stdout').definition?.output_adapter).toEqual(stdout);
  expect(tool('env').definition?.environment).toEqual({ HELLO: '${message}' });
  expect(tool('literal-file').definition?.files?.['sort.sh']).toContain('sort -u "$(realpath .)');
  expect(tool('literal-file').definition?.input_adapter?.input_parameters).toEqual({ file_type: 'stream', stream_name: 'STDIN' });
  expect(tool('literal-file').definition?.parameters).toBeUndefined();
});

test('types, defaults and what is required', () => {
  expect(tool('inp').definition?.parameters).toEqual({
    type: 'object',
    required: ['example_string', 'example_int'],
    properties: {
      example_flag: { type: 'boolean' },
      example_string: { type: 'string' },
      example_int: { type: 'integer' },
      example_file: { type: 'string', format: 'file' },
    },
  });
  expect(tool('1st-tool').definition?.parameters?.properties?.['message']).toEqual({ type: 'string', default: 'Hello World' });
});

test('what cannot be carried over is said', () => {
  expect(tool('docker').notes.join()).toMatch(/DockerRequirement/);
  expect(tool('array-outputs').notes.join()).toMatch(/output/);
  expect(tool('array-inputs').notes.join()).toMatch(/filesC/);
});

test.each([
  ['expression', /expression/],
  ['workflow', /Workflow/],
])('%s is refused', (name, reason) => {
  expect(tool(name).refused).toMatch(reason);
});
