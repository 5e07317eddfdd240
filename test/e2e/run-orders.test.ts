// Runs at /api/run/: created, started, stopped and signalled.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { begun, defined, needed, shell, show } from '../support/programs.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';

let server: TestServer;
const runner = 'rita:rita-password';
const author = 'anna:anna-password';

beforeAll(async () => {
  server = await startServer({ GRACE: '1' });
  await server.user(runner, 'runner');
  await server.user(author, 'author');
});
afterAll(() => server.stop());

const make = (body: object, login = adminLogin) => server.send({ method: 'POST', path: '/api/run/', login, body });
const act = (run: string, verb: string, body?: object, login = adminLogin) =>
  server.send({ method: 'POST', path: `${run}${verb}/`, login, body });
const ended = async (run: string) => (await server.send({ path: `${run}wait/?timeout=30` })).json;
const output = async (run: string) => (await server.send({ path: `${run}output/` })).text;

async function made(body: object, login?: string): Promise<string> {
  const { status, headers, json, text } = await make(body, login);
  expect(status, text).toBe(201);
  expect(headers.location).toBe(json.resource_uri);
  return json.resource_uri;
}

describe('POST /api/run/', () => {
  test('runs a definition by id, uri or name, with a message and parameters', async () => {
    const path = await defined(server, {
      name: 'ordered',
      exec: '/usr/bin/tr',
      argv: ['-d', '${what}'],
      ...needed({ what: { type: 'string' } }),
      input_adapter: { input_type: 'file' },
    });
    const id = path.split('/')[3];
    for (const definition of [Number(id), path, 'ordered']) {
      const run = await made({ definition, message: 'axbxc', parameters: { what: 'x' } });
      expect(await ended(run)).toMatchObject({ success: true, definition: path, argv: ['-d', 'x'] });
      expect(await output(run)).toBe('abc');
    }
    const bytes = await made({ definition: 'ordered', message_base64: Buffer.from('a\0x').toString('base64'), parameters: { what: 'x' } });
    expect([await ended(bytes), await output(bytes)]).toMatchObject([{ success: true }, 'a\0']);
  });

  test('runs a command without a definition, whose arguments are passed as they are', async () => {
    const argv = ['${input_file}', '$${x}', '$$${x}', '$<y>', '-v', '$(id)', '${', '', 'ünï'];
    const run = await made(show(argv, { environment: { A: '${HOME}' } }), author);
    expect(await ended(run)).toMatchObject({ success: true, definition: null, revision: null, exec: '/usr/bin/python3' });
    expect(JSON.parse(await output(run))).toEqual(argv);
    expect((await server.send({ path: run, login: author })).json.argv.slice(2)).toEqual(argv);
    const environment = await made({ exec: '/usr/bin/env', environment: { A: '${HOME} $<b>' } });
    await ended(environment);
    expect(await output(environment)).toContain('A=${HOME} $<b>\n');
  });

  test('a large message is kept until the run has taken it', async () => {
    const run = await made({ exec: '/usr/bin/wc', argv: ['-c'], message: 'x'.repeat(500_000) });
    expect([await ended(run), await output(run)]).toMatchObject([{ success: true }, '500000\n']);
  });

  test('requires the role author for a command; a runner may run definitions that it can read', async () => {
    expect(await make({ exec: '/bin/true' }, runner)).toMatchObject({ status: 403, json: { code: 'forbidden' } });
    await defined(server, shell('echo shared', { name: 'for-all', visibility: 'shared' }));
    const { status, json } = await make({ definition: 'for-all' }, runner);
    expect([status, json.owner]).toEqual([201, 'rita']);
  });

  test.each([
    [{}, 'exec'],
    [{ definition: 1, exec: '/bin/true' }, 'exec'],
    [{ exec: '/bin/true', argv: [['a']] }, 'strings'],
    [{ exec: '/bin/true', start: 'no' }, 'start'],
    [{ exec: '/bin/true', message: 7 }, 'message'],
    [{ exec: '/bin/true', message_base64: '%' }, 'base64'],
    [{ exec: '/bin/true', message: 'a', message_base64: 'YQ==' }, 'message or message_base64'],
    [{ definition: 'ordered', argv: ['x'] }, 'argv'],
    [{ exec: '/bin/true', timeout: -1 }, 'timeout'],
  ])('%j is a 400 that says what is wrong', async (body, word) => {
    const { status, json } = await make(body);
    expect(status).toBe(400);
    expect(json.error).toContain(word);
  });

  test('a command with faults is refused as a definition is', async () => {
    const { status, json } = await make({ exec: '', argv: 'x' });
    expect([status, json.code, json.faults.map(({ path }: { path: string }) => path).sort()]).toEqual([
      400,
      'invalid_definition',
      ['argv', 'exec'],
    ]);
  });
});

describe('start', () => {
  test('"start": false only creates; start/ starts it once', async () => {
    const run = await made({ exec: '/bin/echo', argv: ['late'], start: false });
    expect((await server.send({ path: run })).json).toMatchObject({ state: 'created', started_at: null });
    expect(await act(run, 'start')).toMatchObject({ status: 202 });
    expect([await ended(run), await output(run)]).toMatchObject([{ success: true }, 'late\n']);
    expect(await act(run, 'start')).toMatchObject({ status: 409, json: { code: 'wrong_state' } });
  });

  test('of two starts at once only one takes effect', async () => {
    const run = await made({ exec: '/bin/echo', start: false });
    const answers = await Promise.all([act(run, 'start'), act(run, 'start')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409]);
    expect(await ended(run)).toMatchObject({ success: true, attempt: 1 });
  });

  test('a run that was only created outlives the server, is cancelled by stop/ and removed by DELETE', async () => {
    const [kept, gone] = [await made({ exec: '/bin/echo', start: false }), await made({ exec: '/bin/echo', start: false })];
    expect((await act(kept, 'stop')).json).toMatchObject({ state: 'finished', end_reason: 'cancelled', success: false });
    expect((await server.send({ method: 'DELETE', path: gone })).status).toBe(204);
    expect((await act(kept, 'start')).status).toBe(409);
  });
});

describe('stop and signal', () => {
  const stubborn = shell("trap '' TERM; echo up; while :; do sleep 0.05; done");

  test('TERM, and KILL after the grace; meanwhile the run is stopping', async () => {
    const run = await begun(server, stubborn);
    expect(await act(run, 'stop', { grace: 0.6 })).toMatchObject({ status: 202 });
    expect((await server.send({ path: run })).json.state).toBe('stopping');
    expect(await ended(run)).toMatchObject({
      end_reason: 'stop',
      signal: 'SIGKILL',
      exit_code: null,
      error: 'stopped by admin',
      success: false,
    });
    expect(await act(run, 'stop')).toMatchObject({ status: 409, json: { code: 'wrong_state' } });
  });

  test('the signal that is named is sent first', async () => {
    const run = await begun(server, shell("trap 'echo told; exit 4' INT; echo up; while :; do sleep 0.05; done"));
    await expect.poll(async () => (await server.send({ path: `${run}log/` })).text).toBe('up\n');
    await act(run, 'stop', { signal: 'INT' });
    expect(await ended(run)).toMatchObject({ end_reason: 'stop', exit_code: 4, signal: null });
  });

  test('signal/ reaches the program and changes nothing else', async () => {
    const run = await begun(server, shell("trap 'echo hup' HUP; trap 'exit 0' USR2; echo up; while :; do sleep 0.05; done"));
    const said = async () => (await server.send({ path: `${run}log/` })).text;
    await expect.poll(said).toBe('up\n');
    expect((await act(run, 'signal', { signal: 'SIGHUP' })).json).toMatchObject({ state: 'running' });
    await expect.poll(said).toBe('up\nhup\n');
    expect((await act(run, 'signal', { signal: 12 })).status).toBe(202);
    expect(await ended(run)).toMatchObject({ end_reason: 'exit', exit_code: 0, success: true });
    expect(await act(run, 'signal', { signal: 'HUP' })).toMatchObject({ status: 409, json: { code: 'wrong_state' } });
  });

  test.each([
    ['signal', {}],
    ['signal', { signal: 'NOPE' }],
    ['stop', { grace: -1 }],
    ['stop', { signal: 99 }],
  ])('%s/ with %j is a 400', async (verb, body) => {
    const run = await made({ exec: '/bin/true', start: false });
    expect((await act(run, verb, body)).status).toBe(400);
  });

  test('belong to the owner: for others the run does not exist', async () => {
    const run = await begun(server, shell('sleep 30'));
    for (const [verb, body] of [
      ['stop', {}],
      ['signal', { signal: 'HUP' }],
      ['start', {}],
    ] as const) {
      expect((await act(run, verb, body, author)).status).toBe(404);
    }
    expect((await act(run, 'stop')).status).toBe(202);
    await ended(run);
  });
});

test('a program gets the trace of its run as TRACEPARENT: the caller’s, when there is one', async () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const path = await defined(server, shell('echo $TRACEPARENT'));
  const { text, headers } = await server.send({ method: 'POST', path: `${path}execute/`, headers: { traceparent } });
  const span = String(headers['run-id']).replaceAll('-', '').slice(-16);
  expect(text).toBe(`00-0af7651916cd43dd8448eb211c80319c-${span}-01\n`);
});
