// The examples of a definition are its own test.
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newUser } from '../support/accounts.js';
import { declared, defined, needed, shell, shellWith } from '../support/programs.js';
import { projectRoot, startServer, type TestServer } from '../support/server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer({ ISOLATION: 'process' });
});

afterAll(async () => {
  await server.stop();
});

async function selfTest(definition: object) {
  return server.send({ method: 'POST', path: `${await defined(server, definition)}selftest/` });
}

test('each example is a separate run, and its output is compared with the expected one', async () => {
  const examples = [{ message: 'axbxc', expect: 'abc' }, { message: 'xyz', expect: 'xyz' }, { message: 'no promise' }];
  const { status, json } = await selfTest({ exec: '/usr/bin/tr', argv: ['-d', 'x'], examples });
  expect(status).toBe(200);
  expect(json.passed).toBe(false);
  expect(json.examples).toMatchObject([
    { path: 'examples[0]', passed: true, error: null, output: 'abc', output_bytes: 3, expect: 'abc', end_reason: 'exit', exit_code: 0 },
    { passed: false, error: 'in line 1 of the output: expected "xyz", got "yz"', output: 'yz', expect: 'xyz' },
    { passed: true, output: 'no promise', expect: null },
  ]);
  const run = (await server.send({ path: json.examples[0].run })).json;
  expect(run).toMatchObject({ state: 'finished', success: true, trigger: { type: 'selftest' } });
});

test('an example that fails says why, with what the program wrote to stderr', async () => {
  expect((await selfTest({ ...shell('echo so not >&2; exit 3'), examples: [{}] })).json.examples).toMatchObject([
    { passed: false, end_reason: 'exit', exit_code: 3, error: 'the program ended with exit code 3', stderr: 'so not\n' },
  ]);
});

test('an example may expect an exit code, and the output with it', async () => {
  const { json } = await selfTest({
    ...shell('echo nothing found; exit 1'),
    examples: [{ exit_code: 1, expect: 'nothing found\n' }, { exit_code: 1, expect: 'found\n' }, { exit_code: 0 }],
  });
  expect(json.examples.map(({ error }: { error: string }) => error)).toEqual([
    null,
    'in line 1 of the output: expected "found\\n", got "nothing found\\n"',
    'the program ended with exit code 1; expected exit code 0',
  ]);
});

test('an example with a message fails where the definition takes none, and says how it would', async () => {
  const { json } = await selfTest({ exec: '/usr/bin/tr', argv: ['a', '${to}'], ...needed({ to: {} }), examples: [{ message: 'a' }] });
  expect(json.examples).toMatchObject([{ passed: false, run: null, error: expect.stringContaining('"input_type": "file"') }]);
});

test('a wrong parameter fails its example alone', async () => {
  const echo = { exec: '/bin/echo', argv: ['${n}'], ...needed({ n: { type: 'integer' } }) };
  const { json } = await selfTest({ ...echo, examples: [{ parameters: { n: 'four' } }, { parameters: { n: 4 }, expect: '4\n' }] });
  expect(json.examples).toMatchObject([
    { passed: false, run: null, error: expect.stringContaining("'n'") },
    { passed: true, output: '4\n' },
  ]);
});

test('the message, the files and the expected output may be bytes', async () => {
  const bytes = Buffer.from([0, 255, 128, 10]).toString('base64');
  const cat = {
    exec: '/bin/cat',
    examples: [
      { message: { base64: bytes }, expect: { base64: bytes } },
      { message: 'a', expect: { base64: bytes } },
    ],
  };
  const { json } = await selfTest(cat);
  expect(json.examples).toMatchObject([
    { passed: true, output: { base64: bytes }, output_bytes: 4 },
    { passed: false, error: 'the output of 1 bytes differs from the 4 expected ones from byte 1 on' },
  ]);
  const files = {
    ...shellWith('basename "$1"; cat "$1"; shift; cat "$@"', ['${table}', '${more}']),
    ...needed({ table: { type: 'string', format: 'file' }, more: { type: 'array', items: { type: 'string', format: 'file' } } }),
    examples: [
      { parameters: { table: { name: 'a.csv', text: '1,2\n' }, more: ['x', { base64: 'eQ==' }] }, expect: 'a.csv\n1,2\nxy' },
      { parameters: { table: 3, more: [] } },
    ],
  };
  expect((await selfTest(files)).json.examples).toMatchObject([
    { passed: true },
    { passed: false, error: expect.stringContaining("parameter 'table' is a file: in an example a text") },
  ]);
});

test('what is not base64 is a fault of the definition', async () => {
  const body = { definition: { exec: '/bin/cat', examples: [{ message: { base64: 'no!' }, expect: { base64: 'YQ' } }] } };
  const { status, json } = await server.send({ method: 'POST', path: '/api/process_definition/', body });
  expect([status, json.code]).toEqual([400, 'invalid_definition']);
  expect(json.faults.map(({ path }: { path: string }) => path)).toEqual(['examples[0].message.base64', 'examples[0].expect.base64']);
});

test('the example of the documentation passes', async () => {
  const documented = readFileSync(join(projectRoot, 'docs/definition.md'), 'utf8');
  const [, text] = /## Examples\n\n```json\n([\s\S]*?)```/.exec(documented) ?? [];
  const { json } = await selfTest(JSON.parse(text));
  expect([json.passed, json.examples.length], JSON.stringify(json)).toEqual([true, 2]);
});

test('a long output is compared as a whole and shown in part', async () => {
  const long = 'x'.repeat(70_000);
  const print = shell('head -c 70000 /dev/zero | tr "\\0" x');
  const { json } = await selfTest({ ...print, examples: [{ expect: long }, { expect: long.slice(0, 65_536) }] });
  expect(json.examples).toMatchObject([{ passed: true, output: long.slice(0, 65_536), output_bytes: 70_000 }, { passed: false }]);
});

test('a definition without examples passes, and a service cannot be tested', async () => {
  expect((await selfTest({ exec: '/bin/true' })).json).toEqual({ passed: true, examples: [] });
  expect((await selfTest({ exec: '/bin/cat', process_type: 'service', examples: [{}] })).status).toBe(400);
});

test('a runner tests what others share, and the runs are its own', async () => {
  const runner = await newUser(server, 'runner');
  const path = await defined(server, {
    exec: '/bin/cat',
    visibility: 'shared',
    examples: [{ message: 'a', expect: 'a' }],
    ...declared({}),
    input_adapter: { input_type: 'file' },
  });
  const { status, json } = await server.send({ method: 'POST', path: `${path}selftest/`, login: `${runner}:pw` });
  expect([status, json.passed]).toEqual([200, true]);
  expect((await server.send({ path: json.examples[0].run })).json.owner).toBe(runner);
  const own = await defined(server, { exec: '/bin/true', examples: [{}] });
  expect((await server.send({ method: 'POST', path: `${own}selftest/`, login: `${runner}:pw` })).status).toBe(404);
});

test('the test of a caller who goes away is stopped', async () => {
  const path = await defined(server, { ...shell('sleep 60'), name: 'long', examples: [{}, {}] });
  const { hostname, port } = new URL(server.url);
  const sent = request({ hostname, port, method: 'POST', path: `${path}selftest/`, auth: 'admin:secret' });
  sent.on('error', () => {});
  sent.end();
  const runs = async () => (await server.send({ path: `/api/run/?definition=long` })).json.objects;
  await expect.poll(async () => (await runs()).map(({ state }: { state: string }) => state)).toEqual(['running']);
  sent.destroy();
  await expect.poll(async () => (await runs()).map((run: { error: string }) => run.error)).toEqual(['the caller went away']);
});
