// What execute/ answers when a program ends badly or too late: the failure with its code and what the program said.
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defined, execute, failure, runsOf, shell } from '../support/programs.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer({ MAX_MESSAGE_BYTES: '1MiB', GRACE: '1' });
});

afterAll(() => server.stop());

describe('a program that ends badly', () => {
  const killed = { exit_code: null, signal: 'SIGKILL' };
  const none = { exit_code: null, signal: null };
  const failures: [string, object, string, object][] = [
    ['exits with 3', shell('exit 3'), 'exit', { exit_code: 3, signal: null }],
    ['is killed by a signal', shell('kill -KILL $$'), 'signal', killed],
    ['runs longer than its timeout', { exec: '/bin/sleep', argv: ['30'], timeout: 0.2 }, 'timeout', { exit_code: null, signal: 'SIGTERM' }],
    ['writes more than it may', { exec: '/usr/bin/yes', limits: { output_bytes: '10KB' } }, 'output_limit', killed],
    ['cannot be started', { exec: '/no/such/program' }, 'spawn_error', none],
    ['leaves no output file', { exec: '/usr/bin/test', argv: ['${output_file}'] }, 'output_error', { exit_code: 0, signal: null }],
  ];
  for (const [what, definition, code, fields] of failures) {
    test(`one that ${what} is answered with 422 ${code}`, async () => {
      const { headers, json } = await failure(server, code, definition);
      expect(json).toMatchObject({
        ...fields,
        status: 422,
        code,
        error: json.detail,
        run: `/api/run/${headers['run-id']}/`,
        type: expect.any(String),
        title: expect.any(String),
      });
      expect(json.detail).not.toBe('');
      expect(Object.keys(json)).toEqual(expect.arrayContaining(['output', 'stderr', 'stdout']));
      expect(headers['content-location']).toBe(`/api/run/${headers['run-id']}/output/`);
      expect(headers['exit-code']).toBe(json.exit_code === null ? undefined : String(json.exit_code));
      expect((await server.send({ path: json.run })).json).toMatchObject({
        ...fields,
        state: 'finished',
        end_reason: code,
        success: false,
      });
    });
  }

  test('is answered with the end of its stderr and the start of its stdout, at most 4 KiB each', async () => {
    const noise = (word: string) => `head -c 9000 /dev/zero | tr '\\0' ${word}`;
    const { json } = await failure(server, 'exit', shell(`(echo first; ${noise('o')}); (${noise('e')}; echo last) >&2; exit 1`));
    expect(json.stdout).toBe(`first\n${'o'.repeat(4090)}`);
    expect(json.stderr).toBe(`${'e'.repeat(4091)}last\n`);
  });

  test('has its output linked in the answer where there is one', async () => {
    const { json } = await failure(server, 'exit', shell('echo half; exit 1'));
    expect((await server.send({ path: json.output })).text).toBe('half\n');
  });

  test('a client that goes away in the middle of its message ends the run with input_error', async () => {
    const path = await defined(server, { exec: '/bin/cat' });
    const outgoing = request(new URL(`${path}execute/`, server.url), {
      method: 'POST',
      auth: adminLogin,
      headers: { 'content-length': '100000' },
    });
    outgoing.on('error', () => {}).write('half a message');
    await expect.poll(async () => (await runsOf(server, path))[0]?.state).toBe('running');
    outgoing.destroy();
    await expect
      .poll(async () => (await runsOf(server, path))[0], { timeout: 5000 })
      .toMatchObject({ state: 'finished', end_reason: 'input_error', success: false });
  });

  test('a message that is too large is 413 before anything has started', async () => {
    const path = await defined(server, { exec: '/bin/cat' });
    const answer = await server.send({ method: 'POST', path: `${path}execute/`, body: Buffer.alloc(2 ** 20 + 1) });
    expect([answer.status, answer.json.code]).toEqual([413, 'message_too_large']);
    expect(await runsOf(server, path)).toEqual([]);
  });
});

describe('?timeout', () => {
  test('shortens the timeout of the definition, and never lengthens it or takes it away', async () => {
    await failure(server, 'timeout', { exec: '/bin/sleep', argv: ['30'], timeout: 30 }, { query: '?timeout=0.2' });
    await failure(server, 'timeout', { exec: '/bin/sleep', argv: ['30'] }, { query: '?timeout=0.2' });
    for (const query of ['?timeout=30', '?timeout=0'])
      await failure(server, 'timeout', { exec: '/bin/sleep', argv: ['5'], timeout: 0.2 }, { query });
  });

  test('that is not a number is 400', async () => {
    for (const query of ['?timeout=soon', '?timeout=-1', '?timeout='])
      expect((await execute(server, { exec: '/bin/true' }, { query })).status).toBe(400);
  });
});
