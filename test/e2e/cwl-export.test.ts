// Definitions that are written as CWL tools give the same bytes under cwltool, the reference engine, as on the server.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { adminLogin, startServer, type TestServer } from '../support/server.js';

const string = { type: 'string' };
const stdin = { input_type: 'file', input_parameters: { file_type: 'stream', stream_name: 'STDIN' } };
const script = '#!/bin/sh\n# ${not} $(an expression) \\$(x)\nprintf "%s|" "$0" "$@" "$(echo done)"\n';

interface Case {
  definition: Record<string, unknown>;
  parameters?: Record<string, string | number | boolean | string[] | Buffer>;
  message?: string;
}

const cases: Record<string, Case> = {
  tr: { definition: { exec: 'tr', argv: ['-d', 'x'] }, message: 'axbxc' },
  words: {
    definition: {
      exec: 'printf',
      argv: [
        '%s|',
        'a $(date) b',
        'c\\${one}d',
        '$${x}',
        '\\',
        '--one=${one}',
        'x${two}y${one}',
        ['--three', '${three}'],
        ['${four}'],
        ['-f${five}'],
        { when: 'on', args: ['--on'] },
      ],
      parameters: {
        required: ['one', 'two'],
        properties: { one: string, two: { type: 'integer' }, three: string, four: string, five: string, on: { type: 'boolean' } },
      },
    },
    parameters: { two: 2, one: 'O $(x)', three: 'with blanks', on: true, five: 'V' },
  },
  lists: {
    definition: {
      exec: 'printf',
      argv: [
        '%s|',
        { each: 'tags', args: ['--tag', '${tags}'] },
        { each: 'joined', args: ['-j=${joined}'] },
        { each: 'rest', args: ['${rest}'] },
      ],
      parameters: {
        properties: Object.fromEntries(['tags', 'joined', 'rest'].map((name) => [name, { type: 'array', items: string }])),
      },
    },
    parameters: { tags: ['a', 'b c'], rest: ['last'] },
  },
  script: {
    definition: {
      exec: './say.sh',
      files: { 'say.sh': script, 'data/x.txt': 'deep' },
      argv: ['data/x.txt'],
      input_adapter: { input_type: 'none' },
    },
  },
  deep: { definition: { exec: 'cat', files: { 'data/x.txt': 'deep' }, argv: ['data/x.txt'], input_adapter: { input_type: 'none' } } },
  variables: {
    definition: {
      exec: 'printenv',
      argv: ['ONE', 'TWO'],
      environment: { ONE: 'a $(b)', TWO: 'x${name}' },
      parameters: { required: ['name'], properties: { name: string } },
    },
    parameters: { name: 'Ann' },
  },
  copy: { definition: { exec: 'cp', argv: ['${input_file}', '${output_file}'] }, message: 'bytes\n' },
  named: {
    definition: {
      exec: 'sh',
      argv: ['-c', 'cat > result.txt'],
      output_adapter: { output_type: 'file', output_parameters: { file_path: 'result.txt' } },
    },
    message: 'in',
  },
  stderr: {
    definition: {
      exec: 'sh',
      argv: ['-c', 'echo out; echo err >&2; exit 3'],
      success_exit_codes: [0, 3],
      output_adapter: { output_type: 'file', output_parameters: { file_type: 'stream', stream_name: 'STDERR' } },
    },
    message: '',
  },
  files: {
    definition: {
      exec: 'sort',
      argv: ['-', { each: 'more', args: ['${more}'] }, ['-t', '${separator}']],
      input_adapter: stdin,
      parameters: {
        required: ['more'],
        properties: { more: { type: 'array', items: { type: 'string', format: 'file' } }, separator: { ...string, default: ',' } },
      },
    },
    parameters: { more: Buffer.from('b\n') },
    message: 'c\na\n',
  },
};

let server: TestServer;
let folder: string;

beforeAll(async () => {
  server = await startServer();
  folder = mkdtempSync(join(tmpdir(), 'procreg-cwl-'));
  for (const [name, { definition }] of Object.entries(cases)) {
    const { status, text } = await server.send({
      method: 'PUT',
      path: `/api/process_definition/${name}/`,
      body: { definition: { ...definition, name } },
    });
    expect(status, text).toBeLessThan(300);
  }
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server.stop();
});

async function onServer(name: string, { parameters = {}, message }: Case): Promise<Buffer> {
  const form = new FormData();
  for (const [key, value] of Object.entries(parameters)) {
    for (const one of [value].flat()) form.append(key, Buffer.isBuffer(one) ? new Blob([new Uint8Array(one)]) : String(one));
  }
  if (message !== undefined) form.append('message', new Blob([message]), 'message');
  const answer = await fetch(`${server.url}/api/process_definition/${name}/execute/`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(adminLogin)}` },
    ...([...form.keys()].length > 0 && { body: form }),
  });
  const bytes = Buffer.from(await answer.arrayBuffer());
  expect(answer.status, bytes.toString()).toBe(200);
  return bytes;
}

async function underCwltool(name: string, { definition, parameters = {}, message }: Case): Promise<Buffer> {
  const own = join(folder, name);
  mkdirSync(own);
  const { status, text } = await server.send({ path: `/api/process_definition/${name}/cwl/` });
  expect(status, text).toBe(200);
  writeFileSync(join(own, 'tool.cwl'), text);
  const file = (key: string, content: string | Buffer) => {
    writeFileSync(join(own, key), content);
    return { class: 'File', path: join(own, key) };
  };
  const declared = (definition.parameters as { properties?: Record<string, { type?: string }> } | undefined)?.properties ?? {};
  const job = Object.entries(parameters).map(([key, value]) => {
    const one = Buffer.isBuffer(value) ? file(key, value) : value;
    return [key, declared[key]?.type === 'array' ? [one].flat() : one];
  });
  const whole = { ...Object.fromEntries(job), ...(message !== undefined && { message: file('the-message', message) }) };
  writeFileSync(join(own, 'job.json'), JSON.stringify(whole));
  const words = ['--no-container', '--quiet', '--outdir', join(own, 'out'), 'tool.cwl', 'job.json'];
  const { stdout } = await promisify(execFile)('cwltool', words, { cwd: own });
  return readFileSync(JSON.parse(stdout).output.path);
}

test.each(Object.keys(cases))('%s', async (name) => {
  const [ours, theirs] = [await onServer(name, cases[name]), await underCwltool(name, cases[name])];
  const plain = (bytes: Buffer) => bytes.toString().replace(/^\S*say\.sh/, 'say.sh');
  expect(plain(theirs)).toBe(plain(ours));
});

test.each<[string, Record<string, unknown>, RegExp]>([
  ['a service', { exec: 'cat', process_type: 'service' }, /services/],
  [
    'a folder as output',
    { exec: 'ls', output_adapter: { output_type: 'directory', output_parameters: { directory: 'output' } } },
    /output adapter/,
  ],
  ['a working directory', { exec: 'ls', cwd: 'there' }, /cwd/],
  [
    'a parameter in two places',
    { exec: 'echo', argv: ['${a}', '${a}'], parameters: { required: ['a'], properties: { a: string } } },
    /twice/,
  ],
])('%s is refused', async (_, definition, reason) => {
  await server.send({ method: 'PUT', path: '/api/process_definition/odd/', body: { definition: { ...definition, name: 'odd' } } });
  const { status, json } = await server.send({ path: '/api/process_definition/odd/cwl/' });
  expect(status).toBe(400);
  expect(json.error).toMatch(reason);
});
