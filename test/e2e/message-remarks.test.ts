// Whether a definition takes a message is said plainly: when one comes that is not taken, and when none comes that is.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { declared, defined, execute, shell } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

const missing = 'no message was sent; this definition takes one, which is the body of the request';
const none = { input_adapter: { input_type: 'none' } };
const stdin = { input_adapter: { input_type: 'file', input_parameters: { file_type: 'stream', stream_name: 'STDIN' } } };
const bitrate = declared({ bitrate: { type: 'string' }, mono: { type: 'boolean' } });
const reads = { exec: '/bin/cat', argv: ['${input_file}'] };

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server.stop();
});

test.each([
  [
    'a text',
    shell('true $bitrate', { ...none, ...bitrate, environment: { bitrate: '${bitrate}${mono}' } }),
    'text',
    'as a JSON object or a form: bitrate, mono',
  ],
  ['a text', shell('true', none), 'text', 'takes no message and no parameters; send an empty body'],
  ['an object', shell('true', none), { bitrate: '5' }, 'takes no message and no parameters; send an empty body'],
])('%s for %j is refused with what may be sent', async (_what, definition, body, sentence) => {
  const { status, json } = await execute(server, definition, { body });
  expect([status, json.code, json.detail]).toEqual([400, 'message_not_taken', expect.stringContaining(sentence)]);
});

test('a text that curl calls a form is refused as a message, and a form is parameters', async () => {
  const definition = { exec: '/bin/echo', argv: [['${bitrate}'], { when: 'mono', args: ['mono'] }], ...bitrate };
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const text = await execute(server, definition, { body: 'abc', headers });
  expect([text.status, text.json.code, text.json.detail]).toEqual([400, 'message_not_taken', expect.stringContaining('input_adapter')]);
  expect((await execute(server, definition, { body: 'bitrate=5', headers })).text).toBe('5\n');
});

test('an empty body and an empty object are fine for a definition that takes no message', async () => {
  for (const body of [undefined, {}]) {
    const { status, headers } = await execute(server, shell('true', none), { body });
    expect([status, headers.warning]).toEqual([200, undefined]);
  }
});

test.each([reads, shell('cat', stdin)])('no message for %j, which asks for one, is said in the header Warning', async (definition) => {
  for (const prefer of ['wait=60', 'respond-async'])
    expect((await execute(server, definition, { headers: { prefer } })).headers.warning).toBe(`299 - "${missing}"`);
  expect((await execute(server, definition, { body: 'text' })).headers.warning).toBeUndefined();
});

test('no message for a definition that says nothing of its input is said only when it fails', async () => {
  const { status, headers } = await execute(server, shell('cat'));
  expect([status, headers.warning]).toEqual([200, undefined]);
  const failing = await execute(server, shell('cat; exit 3'));
  expect([failing.status, failing.json.hint]).toEqual([422, missing]);
  expect((await execute(server, shell('cat; exit 3'), { body: 'text' })).json).not.toHaveProperty('hint');
  expect((await execute(server, shell('exit 3', none))).json).not.toHaveProperty('hint');
});

test('explain/ says whether a message is given, missing or not taken, and whose definition it is', async () => {
  const state = async (definition: object, body?: string) => {
    const path = await defined(server, definition);
    const { json, headers } = await server.send({ method: 'POST', path: `${path}explain/`, ...(body !== undefined && { body }) });
    expect(json.definition).toMatchObject({ id: Number(path.split('/')[3]), owner: 'admin', revision: 1 });
    expect(headers['definition-owner']).toBe('admin');
    return json.message;
  };
  expect([await state(reads), await state(reads, 'text'), await state(shell('true', none))]).toEqual(['missing', 'given', 'not taken']);
});
