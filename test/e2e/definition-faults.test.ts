// What is wrong with a definition or its JSON: every fault at once, each with its place and a sentence that helps.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Answer } from '../support/http.js';
import { declared, needed, store } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

type Faults = Record<string, string>;

const list = '/api/process_definition/';
const input = (input_type: string, input_parameters: unknown = {}) => ({ input_adapter: { input_type, input_parameters } });
const output = (output_type: string, output_parameters: unknown = {}) => ({ output_adapter: { output_type, output_parameters } });

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server.stop();
});

afterEach(async () => {
  await server.send({ method: 'DELETE', path: list });
});

/** Exactly these paths are faulty, and each message contains its text; nothing is stored. */
async function expectFaults(definition: unknown, expected: Faults): Promise<void> {
  const { status, text } = await store(server, definition);
  expect(status).toBe(400);
  const json = JSON.parse(text);
  expect(json.code).toBe('invalid_definition');
  const faults: { path: string; message: string }[] = json.faults;
  expect(faults.map(({ path }) => path).sort()).toEqual(Object.keys(expected).sort());
  for (const { path, message } of faults) {
    expect(message).toContain(expected[path]);
    expect(json.error).toContain(message);
  }
  expect((await server.send({ path: list })).json.meta.total_count).toBe(0);
}

const shapes: [object, Faults][] = [
  [{}, { exec: 'required' }],
  [{ exec: '' }, { exec: 'empty' }],
  [{ exec: 5 }, { exec: 'string' }],
  [{ argv: '-d x' }, { argv: 'array' }],
  [{ argv: ['-d', 5, null] }, { 'argv[1]': '5', 'argv[2]': 'null' }],
  [{ argv: [['-a', 1]] }, { 'argv[0]': 'list of strings' }],
  [{ argv: [{ args: ['x'] }] }, { 'argv[0]': 'when' }],
  [{ args: [true] }, { 'args[0]': 'true' }],
  [{ argv: [], args: [] }, { args: 'argv' }],
  [{ cwd: '' }, { cwd: 'empty' }],
  [{ environment: { '1A': 'x' } }, { environment: '1A' }],
  [{ environment: { A: 1 } }, { 'environment.A': 'string' }],
  [{ environment: ['A=1'] }, { environment: 'object' }],
  [{ timeout: -1 }, { timeout: 'from 0 to ' }],
  [{ timeout: '60' }, { timeout: 'number' }],
  [{ process_type: 'daemon' }, { process_type: 'single, service' }],
  [{ application: 5 }, { application: 'string' }],
  [{ name: '42' }, { name: '42' }],
  [{ description: 5 }, { description: 'string' }],
  ...['audio', 'a/b\nSet-Cookie: x', 'a/b; c=ü', ''].map((content_type): [object, Faults] => [
    output('file', { file_path: 'a', content_type }),
    { 'output_adapter.output_parameters.content_type': 'must' },
  ]),
  [{ tags: 'a' }, { tags: 'array' }],
  [{ visibility: 'public' }, { visibility: 'private, shared' }],
  [{ limits: { memory: 'lots', cpu_seconds: 0 } }, { 'limits.memory': 'lots', 'limits.cpu_seconds': 'from 1 to ' }],
  [{ lane: 'a b' }, { lane: 'a b' }],
  [
    { max_parallel: 0, retries: -1, priority: 'high' },
    { max_parallel: 'from 1 to ', retries: 'from 0 to ', priority: 'integer' },
  ],
  [{ success_exit_codes: [0, 256] }, { 'success_exit_codes[1]': '255' }],
  [{ keep: { runs: 0 } }, { 'keep.runs': 'from 1 to ' }],
  [{ on_disconnect: 'die' }, { on_disconnect: 'continue, stop' }],
  [{ restart: { mode: 'sometimes', max: -1 } }, { 'restart.mode': 'never, abnormal, always', 'restart.max': 'from 0 to ' }],
  [{ ready: { tcp: 'x', http: 5, delay: -1 } }, { 'ready.tcp': 'x', 'ready.http': '5', 'ready.delay': 'from 0 to ' }],
  [{ ready: { http: 'http://[' } }, { 'ready.http': 'not an address' }],
  [{ stop: { signal: 'NOPE', grace: -1 } }, { 'stop.signal': 'NOPE', 'stop.grace': 'from 0 to ' }],
  [{ examples: [{ message: 5 }] }, { 'examples[0].message': 'string' }],
];

test.each(shapes)('%j is refused with its path', async (definition, faults) => {
  await expectFaults(
    { ...('exec' in definition || Object.keys(definition).length === 0 ? {} : { exec: '/bin/true' }), ...definition },
    faults,
  );
});

test.each(['x', 5, null, [], true])('a definition that is %j is refused', async (definition) => {
  await expectFaults(definition, { '': 'object' });
});

const inputs = 'input_adapter.input_parameters';
const outputs = 'output_adapter.output_parameters';
const adapters: [object, Faults][] = [
  [input('files'), { 'input_adapter.input_type': 'file, append, port, pipe, none' }],
  [output('stdout'), { 'output_adapter.output_type': 'file, append, port, pipe, directory, none' }],
  [input('directory'), { 'input_adapter.input_type': 'got "directory"' }],
  [{ input_adapter: {} }, { 'input_adapter.input_type': 'required' }],
  [{ output_adapter: 'file' }, { output_adapter: 'object' }],
  [input('file', { file_type: 'stream', stream_name: 'STDOUT' }), { [`${inputs}.stream_name`]: 'STDIN' }],
  [output('file', { file_type: 'stream', stream_name: 'stdout' }), { [`${outputs}.stream_name`]: 'STDOUT, STDERR' }],
  [
    output('file', { file_type: 'text', framing: 'lines' }),
    { [`${outputs}.file_type`]: 'stream', [`${outputs}.framing`]: 'line, chunk, length32' },
  ],
  [output('file', { file_path: '/etc/passwd' }), { [`${outputs}.file_path`]: 'absolute' }],
  [output('file', { file_path: '../x' }), { [`${outputs}.file_path`]: 'leads out' }],
  [output('file', { file: '../x' }), { [`${outputs}.file`]: 'leads out' }],
  [output('directory', { directory: 'a/../..' }), { [`${outputs}.directory`]: 'leads out' }],
  [output('directory', { format: 'tar' }), { [`${outputs}.format`]: 'zip, file' }],
  [output('file', { file_path: '${nope}' }), { [`${outputs}.file_path`]: '$${nope}' }],
  [input('port'), { [`${inputs}.tcp_port`]: 'required' }],
  [input('port', { tcp_port: 70000 }), { [`${inputs}.tcp_port`]: '70000' }],
  [input('port', { tcp_port: '${port}', chunk_size: 'big' }), { [`${inputs}.chunk_size`]: 'big' }],
  [input('append'), { [`${inputs}.file_path`]: 'required' }],
  [output('pipe'), { [`${outputs}.pipe_path`]: 'required' }],
  [input('file', []), { [inputs]: 'object' }],
  [{ input_adapter: { input_type: 'none', input_params: {}, input_parameters: {} } }, { 'input_adapter.input_params': 'input_parameters' }],
];

test.each(adapters)('the adapter %j is refused with its path, naming what is known', async (adapter, faults) => {
  await expectFaults({ exec: '/bin/true', ...adapter }, faults);
});

const tool = declared({ size: { type: 'integer' }, list: { type: 'array' }, more: { type: 'array' } });
const placeholders: [object, Faults][] = [
  [{ ...tool, argv: ['${sise}'] }, { 'argv[0]': "unknown placeholder ${sise} (did you mean 'size'?); allowed: size, list" }],
  [
    { ...tool, argv: ['a', ['-s', '=${sise}']] },
    { 'argv[1][1]': 'declare it in parameters.properties, or write $${sise} for the text itself' },
  ],
  [{ ...tool, argv: [{ when: 'size', args: ['$<sise>'] }] }, { 'argv[0].args[0]': '$$<sise>' }],
  [{ ...tool, argv: [{ when: 'sise', args: [] }] }, { 'argv[0].when': 'sise' }],
  [
    { ...tool, argv: ['-x', '--size=${size}'] },
    { 'argv[1]': '\'size\' is optional, and outside of a group it needs a value; write ["--size=${size}"]' },
  ],
  [{ ...tool, args: ['${list}'] }, { 'args[0]': "list 'list' in parameters.required, or give it a default" }],
  [{ ...tool, argv: [['--${list}${more}']] }, { 'argv[0][0]': 'list, more' }],
  [
    { cwd: '${x}', environment: { A: '${y}' } },
    { cwd: '${x}', 'environment.A': '${y}' },
  ],
  [
    {
      ...declared({ key: { type: 'string', secret: true } }),
      cwd: 'in/${key}',
      environment: { KEY: '${key}' },
      ...input('pipe', { pipe_path: '$<key>' }),
      ...output('directory', { directory: 'a/b-${key}' }),
    },
    { cwd: 'secret', 'input_adapter.input_parameters.pipe_path': '$<key>', [`${outputs}.directory`]: '${key}: paths are shown' },
  ],
  [{ exec: '/bin/${size}', ...tool }, { exec: '${size}' }],
  [{ argv: ['${}', '${a b}', '${toString}'] }, { 'argv[0]': '$${}', 'argv[1]': '$${a b}', 'argv[2]': '$${toString}' }],
  [{ argv: ['${port}', '${input_pipe}'] }, { 'argv[1]': 'no adapter' }],
  [declared({ port: {}, 'a-b': {} }), { 'parameters.properties.port': 'built-in', 'parameters.properties.a-b': 'must match' }],
  [{ parameters: { type: 'array' } }, { 'parameters.type': 'object' }],
  [{ parameters: [] }, { parameters: 'object' }],
  [declared({ a: { type: 'strin' } }), { parameters: 'parameters.properties.a.type must be one of array, boolean, integer' }],
  [declared({ a: { pattern: '(' } }), { parameters: 'not a valid JSON Schema' }],
  [declared({ a: { $ref: 'https://example.org/x.json' } }), { parameters: 'not a valid JSON Schema' }],
  [declared({}, { required: 'a' }), { parameters: 'not a valid JSON Schema: parameters.required must be array, got "a"' }],
];

test.each(placeholders)('%j is refused with its path', async (definition, faults) => {
  await expectFaults({ exec: '/bin/true', ...definition }, faults);
});

test('faults of every kind are all reported in one answer', async () => {
  const definition = { ...declared({ port: {} }), ...output('file', { stream_name: 'STDOUTT' }), timeout: -1, argv: ['${nope}'] };
  const expected = {
    'parameters.properties.port': 'built-in',
    [`${outputs}.stream_name`]: 'STDERR',
    timeout: 'from 0 to ',
    'argv[0]': '${nope}',
  };
  await expectFaults({ exec: '/bin/true', ...definition }, expected);
});

test('$${x} is the text itself, and $<x> means the same as ${x}', async () => {
  const argv = ['$${message}', '$$<message>', '$<message>', '${message}', 'a${message}b', '$message', '$', '{message}'];
  const definition = { exec: '/usr/bin/printf', argv: ['%s|', ...argv], ...needed({ message: { type: 'string' } }) };
  const path = `${list}echoes/`;
  expect((await server.send({ method: 'PUT', path, body: { definition } })).status).toBe(201);
  const { text } = await server.send({ method: 'POST', path: `${path}execute/?message=%24%7Brun_id%7D` });
  expect(text).toBe('${message}|$<message>|${run_id}|${run_id}|a${run_id}b|$message|$|{message}|');
  await server.send({ method: 'DELETE', path });
});

const post = (body: string, type = 'application/json'): Promise<Answer> =>
  server.send({ method: 'POST', path: list, headers: { 'content-type': type }, login: 'admin:secret', body });

test.each([
  ['a missing comma', '{"definition": {"exec": "/bin/x"\n"argv": []}}', 2, 1],
  ['NaN', '{"definition": {"exec": "/bin/x", "x": NaN}}', 1, 40],
  ['a trailing comma', '{"a": 1,}', 1, 9],
  ['nothing', '', 1, 1],
  ['half a million brackets', '['.repeat(500_000), 1, undefined],
])('a body with %s is not JSON: 400 with line, column and detail', async (_what, body, line, column) => {
  const { status, json } = await post(body);
  expect(status).toBe(400);
  expect(json).toMatchObject({
    error: 'Request is not valid JSON.',
    line,
    column: column ?? expect.any(Number),
    detail: expect.any(String),
  });
});

const nested = (levels: number) =>
  '{"definition": {"exec": "/bin/x", "deep": '.concat('['.repeat(levels - 2), ']'.repeat(levels - 2), '}}');
test.each([
  ['a NUL', '{"definition": {"exec": "/bin/x", "argv": ["a\\u0000"]}}'],
  ['a NUL in a key', '{"definition": {"exec": "/bin/x", "a\\u0000": 1}}'],
  ['a lone surrogate', '{"definition": {"exec": "/bin/x", "argv": ["\\ud800"]}}'],
  ['the key __proto__', '{"definition": {"exec": "/bin/x", "__proto__": {}}}'],
  ['the key constructor', '{"definition": {"exec": "/bin/x", "a": [{"constructor": 1}]}}'],
  ['513 levels', nested(513)],
  ['100,000 levels', nested(100_000)],
  ['a list instead of an object', '[]'],
])('a body with %s is 400', async (_what, body) => {
  expect(await post(body)).toMatchObject({ status: 400, headers: { 'content-type': 'application/json' } });
});

test('a definition that is the whole body is refused, and the body that is meant is shown', async () => {
  expect((await post('{"exec": "/bin/x"}')).json.error).toContain('definition: is required; the body is {"definition": {"exec": …}}');
});

test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'nonsense'])('a body of type %s is 415', async (type) => {
  const { status } = await post('{"definition": {"exec": "/bin/x"}}', type);
  expect(status).toBe(415);
});

test('validate/ reports the faults that saving would report, and saves nothing', async () => {
  const validate = (definition: object) => server.send({ method: 'POST', path: `${list}validate/`, body: { definition } });
  expect(await validate({ exec: '/bin/true', name: 'unsaved' })).toMatchObject({ status: 200, json: { valid: true } });
  expect(await validate({ exec: '', timeout: -1 })).toMatchObject({
    status: 400,
    json: { faults: [{ path: 'exec' }, { path: 'timeout' }] },
  });
  expect((await server.send({ path: list })).json.meta.total_count).toBe(0);
});

test.each(['9007199254740993', '1e999', '-1e999'])('the number %s is given back as it came, or refused', async (number) => {
  const created = await post(`{"definition": {"exec": "/bin/echo", "other": ${number}}}`);
  if (created.status === 400) return;
  expect((await server.send({ path: String(created.headers.location) })).text).toContain(`"other":${number}`);
});
