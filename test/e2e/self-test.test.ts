// The examples of a definition are its own test.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defined } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
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
    { passed: true, output: 'abc', expect: 'abc', end_reason: 'exit' },
    { passed: false, output: 'yz', expect: 'xyz' },
    { passed: true, output: 'no promise', expect: null },
  ]);
  expect((await server.send({ path: json.examples[0].run })).json).toMatchObject({ state: 'finished', success: true });
});

test('an example that fails is reported with its reason; parameters are checked as for any run', async () => {
  expect((await selfTest({ exec: '/bin/false', examples: [{}] })).json).toMatchObject({
    passed: false,
    examples: [{ end_reason: 'exit', passed: false }],
  });
  const parameters = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };
  const echo = { exec: '/bin/echo', argv: ['${n}'], parameters };
  expect((await selfTest({ ...echo, examples: [{ parameters: { n: 4 }, expect: '4\n' }] })).json.passed).toBe(true);
  expect((await selfTest({ ...echo, examples: [{ parameters: { n: 'four' } }] })).json.code).toBe('invalid_parameters');
});

test('a definition without examples passes', async () => {
  expect((await selfTest({ exec: '/bin/true' })).json).toEqual({ passed: true, examples: [] });
});
