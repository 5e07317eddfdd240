// Runs that are repeated: with the same message, files and parameters, of the definition of then or of now.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases, newDatabase } from '../support/databases.js';
import { multipart, type Sent } from '../support/http.js';
import { begun, declared, defined, runsOf, shell, shellWith, show } from '../support/programs.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';

const runner = 'rita:rita-password';
const other = 'otto:otto-password';
const large = 'large '.repeat(20_000);
const byStdin = { input_type: 'file', input_parameters: { stream_name: 'STDIN' } };
const async = { prefer: 'respond-async' };

describe.each(databases)('on %s', (database) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(await newDatabase(database));
    await server.user(runner, 'runner');
    await server.user(other, 'runner');
  });
  afterAll(() => server.stop());

  /** The record of a run of the definition, when it has ended. */
  async function executed(definition: string, { query = '', ...sent }: Partial<Sent> & { query?: string } = {}) {
    const { headers, text } = await server.send({ method: 'POST', path: `${definition}execute/${query}`, ...sent });
    expect(headers['run-id'], text).toBeDefined();
    return ended(`/api/run/${headers['run-id']}/`, sent.login);
  }

  const ended = async (run: string, login = adminLogin) => (await server.send({ path: `${run}wait/`, login })).json;
  const rerun = (run: { resource_uri: string }, body: object = {}, login = adminLogin) =>
    server.send({ method: 'POST', path: `${run.resource_uri}rerun/`, body, login });

  /** The record of the repetition, when it has ended, with its output. */
  async function repeated(run: { resource_uri: string }, body: object = {}, login = adminLogin) {
    const { status, headers, text } = await rerun(run, body, login);
    expect(status, text).toBe(201);
    const path = new URL(headers.location as string, server.url).pathname;
    const record = await ended(path, login);
    return { ...record, said: (await server.send({ path: `${path}output/`, login })).text };
  }

  async function refusedRerun(run: { resource_uri: string }, body: object = {}, login = adminLogin) {
    const { status, json } = await rerun(run, body, login);
    return [status, json.code];
  }

  test.each<[string, object, () => Partial<Sent> & { query?: string }, number]>([
    ['no message', shell('echo none'), () => ({}), 0],
    ['a short message', shell('cat'), () => ({ body: 'short' }), 5],
    ['a message that was spooled', shell('cat'), () => ({ body: large, headers: async }), large.length],
    ['a message that went straight to the program', shell('cat'), () => ({ body: large }), large.length],
    ['a message without a length', shell('cat'), () => ({ body: Readable.from([large, large]), query: '?stream=1' }), 2 * large.length],
    ['a named file', shellWith('cat "$1"; basename "$1"', ['${input_file}']), () => ({ body: 'x', query: '?input_file=a.txt' }), 1],
  ])('A run with %s is repeated', async (_what, definition, sent, inputBytes) => {
    const path = await defined(server, definition);
    const run = await executed(path, sent());
    expect(run).toMatchObject({ success: true, input_bytes: inputBytes, rerun_of: null });
    const said = (await server.send({ path: `${run.resource_uri}output/` })).text;
    const again = await repeated(run);
    expect(again).toMatchObject({ success: true, said, rerun_of: run.id, input_bytes: inputBytes, definition: path, revision: 1 });
    expect((await repeated(again)).said).toBe(said);
    const { status, text } = await server.send({ path: `${again.resource_uri}input/` });
    if (inputBytes === 0) expect(status).toBe(404);
    else expect([status, text.length]).toEqual([200, inputBytes]);
  });

  test('A run with files is repeated with them: a parameter, a message and one in the work directory', async () => {
    const definition = shellWith('cat; cat "$1" extra.txt; basename "$1"', ['${lut}'], {
      ...declared({ lut: { type: 'string', format: 'file' } }, { required: ['lut'] }),
      input_adapter: byStdin,
    });
    const form = await multipart([
      ['message', new File(['message '], 'm')],
      ['lut', new File(['cube '], 'my lut.cube')],
      ['extra', new File(['extra '], 'extra.txt')],
    ]);
    const run = await executed(await defined(server, definition), form);
    expect(run).toMatchObject({ input_bytes: 19, parameters: { lut: 'my lut.cube' } });
    const again = await repeated(run);
    expect(again).toMatchObject({ said: 'message cube extra my lut.cube\n', parameters: { lut: 'my lut.cube' } });
    const other = await executed(await defined(server, shell('printf "of a run "')));
    const replaced = await repeated(again, { parameters: { lut: `run:${other.id}/output` } });
    expect(replaced.said).toBe('message of a run extra output.txt\n');
    expect((await repeated(replaced)).said).toBe(replaced.said);
    expect((await server.send({ method: 'DELETE', path: run.resource_uri })).status).toBe(204);
    expect((await repeated(again)).said).toBe('message cube extra my lut.cube\n');
    expect(existsSync(join(server.dataDir, 'runs', run.id))).toBe(false);
  });

  test('The kept message has ranges and the type of its name, and is not there before the end', async () => {
    const run = await executed(await defined(server, shell('cat')), { body: '{"a": 1}', headers: { 'content-type': 'application/json' } });
    const { headers, text } = await server.send({ path: `${run.resource_uri}input/`, headers: { range: 'bytes=1-3' } });
    expect([text, headers['content-type'], headers['content-range']]).toEqual(['"a"', 'application/json', 'bytes 1-3/8']);
    const active = { resource_uri: await begun(server, shell('sleep 60')) };
    expect((await server.send({ path: `${active.resource_uri}input/` })).json.code).toBe('run_active');
    expect(await refusedRerun(active)).toEqual([409, 'run_active']);
    await server.send({ method: 'POST', path: `${active.resource_uri}stop/` });
  });

  test.each<[string, object, Partial<Sent>]>([
    ['a short message beyond keep.input', { input: 9 }, { body: 'ten bytes.' }],
    ['a spooled message beyond keep.input', { input: '100KB' }, { body: large, headers: async }],
    ['a live message beyond keep.input', { input: '100KB' }, { body: large }],
    ['a message, where keep.input is 0,', { input: 0 }, { body: 'x' }],
  ])('A run with %s keeps nothing and is not repeated', async (_what, keep, sent) => {
    const run = await executed(await defined(server, shell('cat', { keep })), sent);
    expect(run).toMatchObject({ success: true, input_bytes: null });
    expect(await refusedRerun(run)).toEqual([409, 'input_not_kept']);
    expect((await server.send({ path: `${run.resource_uri}input/` })).status).toBe(404);
    const folder = join(server.dataDir, 'runs', run.id);
    await expect
      .poll(() => (existsSync(folder) ? readdirSync(folder).filter((name) => !['log', 'output'].includes(name)) : []), { timeout: 10_000 })
      .toEqual([]);
  });

  test('Parameters of a repetition replace single ones, and null leaves one out', async () => {
    const properties = { a: { type: 'integer' }, b: { type: 'string' }, c: { type: 'string', default: 'C' } };
    const path = await defined(server, show(['${a}', ['${b}'], '${c}'], declared(properties, { required: ['a'] })));
    const run = await executed(path, { query: '?a=1&b=two' });
    expect(run.parameters).toEqual({ a: 1, b: 'two' });
    expect((await repeated(run)).said).toBe('["1", "two", "C"]\n');
    const changed = await repeated(run, { parameters: { a: 7, b: null, c: 'see' } });
    expect(changed).toMatchObject({ said: '["7", "see"]\n', parameters: { a: 7, c: 'see' } });
    expect(await refusedRerun(run, { parameters: { a: 'x' } })).toEqual([400, 'invalid_parameters']);
    for (const body of [{ revision: 'soon' }, { parameters: [1] }, { parameter: {} }])
      expect(await refusedRerun(run, body)).toEqual([400, 'invalid_request']);
    expect(await runsOf(server, path)).toHaveLength(3);
  });

  test('Secret parameters are masked in the record, and are needed again', async () => {
    const properties = { key: { type: 'string', secret: true }, plain: { type: 'string' } };
    const path = await defined(
      server,
      shellWith('echo "$@"', ['${key}', '${plain}'], declared(properties, { required: ['key', 'plain'] })),
    );
    const form: [string, string][] = [
      ['key', 'sesame'],
      ['plain', 'p'],
    ];
    const run = await executed(path, await multipart(form));
    expect(run.parameters).toEqual({ key: '***', plain: 'p' });
    const { status, json } = await rerun(run, { parameters: { plain: 'q' } });
    expect([status, json.code, json.parameters]).toEqual([409, 'secret_needed', ['key']]);
    expect(json.detail).toMatch(/ key$/);
    const again = await repeated(run, { parameters: { key: 'open' } });
    expect([again.said, again.parameters, again.argv.at(-2)]).toEqual(['open p\n', { key: '***', plain: 'p' }, '***']);
  });

  test('A repetition is of the revision of then, or of now', async () => {
    const path = await defined(server, shell('cat; echo one', { name: 'turns' }));
    const run = await executed(path, { body: 'in ' });
    await server.send({ method: 'PUT', path, body: { definition: shell('cat; echo two', { name: 'turned' }) } });
    expect(await repeated(run)).toMatchObject({ said: 'in one\n', revision: 1, definition_name: 'turns' });
    expect(await repeated(run, { revision: 'now' })).toMatchObject({ said: 'in two\n', revision: 2, definition_name: 'turned' });
    await server.send({ method: 'PUT', path, body: { definition: shell('echo', { input_adapter: { input_type: 'none' } }) } });
    expect(await refusedRerun(run, { revision: 'now' })).toEqual([400, 'message_not_taken']);
    expect((await server.send({ method: 'DELETE', path })).status).toBe(204);
    for (const revision of ['then', 'now']) expect(await refusedRerun(run, { revision })).toEqual([404, 'not_found']);
  });

  test('A run is repeated by those who may read it, and may run its definition now', async () => {
    const path = await defined(server, shell('cat', { visibility: 'shared' }));
    const run = await executed(path, { body: 'hers', login: runner });
    expect(await refusedRerun(run, {}, other)).toEqual([404, 'not_found']);
    expect((await server.send({ path: `${run.resource_uri}input/`, login: other })).status).toBe(404);
    expect(await repeated(run)).toMatchObject({ said: 'hers', owner: 'admin' });
    expect(await repeated(run, {}, runner)).toMatchObject({ said: 'hers', owner: 'rita' });
    await server.send({ method: 'PUT', path, body: { definition: shell('cat') } });
    expect(await refusedRerun(run, {}, runner)).toEqual([404, 'not_found']);
    expect(await repeated(run)).toMatchObject({ said: 'hers' });
  });

  test('The service of a definition is not repeated', async () => {
    const path = await defined(server, shell('cat', { process_type: 'service' }));
    const { headers } = await server.send({ method: 'POST', path: `${path}execute/`, body: 'hello\n', headers: async });
    const run = { resource_uri: `/api/run/${headers['run-id']}/` };
    await server.send({ method: 'POST', path: `${run.resource_uri}stop/` });
    await ended(run.resource_uri);
    expect(await refusedRerun(run)).toEqual([409, 'wrong_state']);
  });
});
