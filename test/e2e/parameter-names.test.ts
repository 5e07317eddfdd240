// The names of parameters and the switches of the server do not meet: every name can be given in every way.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { multipart } from '../support/http.js';
import { defined, execute, needed, refused, shell, show } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

/** Names of switches (input_file and output_file cannot be declared), and names that other interfaces use for something else. */
const free = ['timeout', 'stream', 'priority', 'json', 'file', 'message', 'parameters', 'definition', 'format'];

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server.stop());

describe('A parameter', () => {
  test.each(free)('with the name %s is given by query, form, JSON and order', async (name) => {
    const path = await defined(server, show([`\${${name}}`], needed({ [name]: { type: 'string' } })));
    const post = { method: 'POST', path: `${path}execute/` };
    const order = { definition: path, parameters: { [name]: 'v' } };
    const answers = [
      await server.send({ ...post, path: `${post.path}?${name}=v` }),
      await server.send({ ...post, ...(await multipart([[name, 'v']])) }),
      await server.send({ ...post, body: { [name]: 'v' } }),
      await server.send({ ...post, path: `${post.path}?${name}=v&-timeout=20&-priority=1&-stream=1` }),
    ];
    expect(answers.map(({ status, text }) => [status, text.trim()])).toEqual(answers.map(() => [200, '["v"]']));
    const { id } = (await server.send({ method: 'POST', path: '/api/run/', body: order })).json;
    await server.send({ path: `/api/run/${id}/wait/` });
    expect((await server.send({ path: `/api/run/${id}/output/` })).json).toEqual(['v']);
  });

  test.each(free)('that is a file and has the name %s is given by a part of a form', async (name) => {
    const file = { exec: '/bin/cat', argv: [`\${${name}}`], ...needed({ [name]: { type: 'string', format: 'file' } }) };
    expect((await execute(server, file, await multipart([[name, new File(['content'], 'a.txt')]]))).text).toBe('content');
  });
});

describe('A switch', () => {
  const slow = shell('sleep 5');

  test.each([
    ['?-timeout=0.2', {}],
    ['?timeout=0.2', {}],
    ['?timeout=60&-timeout=0.2', {}],
    ['', { prefer: 'timeout=0.2' }],
    ['', { prefer: 'wait=9, timeout=0.2' }],
  ])('timeout as %s %j ends the run', async (query, headers) => {
    const { status, json } = await execute(server, slow, { query, headers });
    expect([status, json.code]).toEqual([422, 'timeout']);
  });

  test('in Prefer is confirmed by Preference-Applied', async () => {
    const answer = await execute(server, { exec: '/bin/true' }, { headers: { prefer: 'wait=9, timeout=20' } });
    expect(answer.headers['preference-applied']).toBe('wait=9, timeout=20');
  });

  test.each(['?-stream=1', '?stream=1'])('stream as %s streams the output', async (query) => {
    const { trailers, text } = await execute(server, shell('echo x'), { query });
    expect([text, trailers['exit-code']]).toEqual(['x\n', '0']);
  });

  test.each(['?-output_file=a.mp3', '?output_file=a.mp3'])('output_file as %s names the file', async (query) => {
    expect((await execute(server, shell('echo x'), { query })).headers['content-type']).toBe('audio/mpeg');
  });

  test('without its dash is a value where the definition declares a parameter of that name', async () => {
    const definition = show(['${timeout}'], needed({ timeout: { type: 'integer' } }));
    await refused(server, 'timeout', definition, { query: '?timeout=soon' });
    expect((await execute(server, definition, { query: '?timeout=1000000001' })).json).toEqual(['1000000001']);
    expect((await execute(server, definition, { query: '?timeout=3&-timeout=1000000001' })).status).toBe(400);
  });

  test('that is unknown is a 400 that names the known ones', async () => {
    const { status, json } = await execute(server, shell('true'), { query: '?-timeuot=5' });
    expect([status, json.code]).toEqual([400, 'invalid_request']);
    expect(json.detail).toMatch(/'-timeuot'.*-input_file, -output_file, -stream, -timeout, -priority/);
  });
});
