// The owner of a shared definition sees the records of the runs that others start of it, and nothing else of them.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases, newDatabase } from '../support/databases.js';
import { type Answer, multipart, type Sent } from '../support/http.js';
import { declared, shell, shellWith } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

const list = '/api/process_definition/';
const [alice, bob, carol] = ['älice:pw', 'bob:pw', 'carol:pw'];
const hers = encodeURIComponent('älice');

const parameters = { type: 'object', properties: { word: { type: 'string' }, key: { type: 'string', secret: true } } };
const script = 'cat > kept; echo output-of-bob; echo log-of-bob >&2';
const counting = shell(script, {
  argv: ['-c', script, 'sh', ['${word}'], ['${key}']],
  name: 'counting',
  visibility: 'shared',
  input_adapter: { input_type: 'file' },
  parameters,
});

describe.each(databases)('on %s', (database) => {
  let server: TestServer;
  let definition: string;
  let run: string;

  const as = (login: string, path: string, method = 'GET', body?: unknown): Promise<Answer> =>
    server.send({ method, path, login, ...(body !== undefined && { body }) });
  const listed = async (login: string, query = '') => {
    const { json } = await as(login, `/api/run/?${query}`);
    expect(json.meta.total_count).toBe(json.objects.length);
    return json.objects.map(({ id }: { id: string }) => id);
  };
  /** The id of a new run of the definition. */
  const started = async (login: string) =>
    String((await as(login, `${definition}execute/?word=hello`, 'POST', 'message')).headers['run-id']);

  beforeAll(async () => {
    server = await startServer(await newDatabase(database));
    for (const [login, role] of Object.entries({ [alice]: 'author', [bob]: 'runner', [carol]: 'author' })) await server.user(login, role);
    definition = String((await as(alice, list, 'POST', { definition: counting })).headers.location);
    run = await started(bob);
  });
  afterAll(async () => {
    await server.stop();
  });

  test('the author sees the record and its end, without output', async () => {
    const own = (await as(bob, `/api/run/${run}/`)).json;
    expect([own.output.bytes, own.input_bytes, own.owner]).toEqual([14, 7, 'bob']);
    for (const path of [`/api/run/${run}/`, `/api/run/${run}/wait/`]) {
      const { status, json, text } = await as(alice, path);
      expect([status, json]).toEqual([200, { ...own, output: null, input_bytes: null }]);
      expect(text).toContain('hello');
    }
    expect((await as(alice, `/r/${run}`)).headers.location).toBe(`/api/run/${run}/`);
  });

  test('a secret parameter is masked for the author too', async () => {
    const form = new FormData();
    form.set('key', 'hunter2');
    const response = await fetch(`${server.url}${definition}execute/`, {
      method: 'POST',
      body: form,
      headers: { authorization: `Basic ${Buffer.from(bob).toString('base64')}` },
    });
    expect(response.status).toBe(200);
    const { json, text } = await as(alice, `/api/run/${response.headers.get('run-id')}/`);
    expect([json.argv.at(-1), text.includes('hunter2')]).toEqual(['***', false]);
  });

  test.each(
    'GET output/; GET log/; GET files/; GET files/kept; GET archive/; GET messages/; DELETE ; POST stop/; POST start/; PUT files/x'.split(
      '; ',
    ),
  )('the author may not %s', async (route) => {
    const [method, rest] = route.split(' ');
    const { status, json, text } = await as(alice, `/api/run/${run}/${rest}`, method, method === 'PUT' ? 'x' : undefined);
    expect([status, json.code], text).toEqual([403, 'forbidden']);
    expect(text).not.toContain('of-bob');
    expect((await as(carol, `/api/run/${run}/${rest}`, method, method === 'PUT' ? 'x' : undefined)).status).toBe(404);
  });

  test('lists hold them, with exact totals, for the author and for nobody else', async () => {
    const theirs = await listed(bob);
    const own = await started(alice);
    for (const query of [
      '',
      'state=finished',
      'end_reason=exit',
      `definition=${definition}`,
      'definition=counting',
      'success=true',
      'q=count',
    ])
      expect([query, await listed(alice, query)]).toEqual([query, [own, ...theirs]]);
    expect(await listed(alice, 'created_at__gte=2026-01-01T00:00:00Z&order_by=created_at')).toEqual([own, ...theirs].reverse());
    expect((await as(alice, `/api/run/?after=${own}&limit=1`)).json.objects[0].id).toBe(theirs[0]);
    expect([await listed(alice, 'owner=bob'), await listed(alice, `owner=${hers}`), await listed(alice, 'owner=carol')]).toEqual([
      theirs,
      [own],
      [],
    ]);
    expect(await listed(alice, `owner=bob&definition=${definition}&state=finished`)).toEqual(theirs);
    expect([await listed(bob), await listed(carol), await listed(carol, `definition=${definition}`)]).toEqual([theirs, [], []]);
    const shown = (await as(alice, '/api/run/?owner=bob')).json.objects;
    expect(shown.map(({ output }: { output: unknown }) => output)).toEqual(theirs.map(() => null));
  });

  test('no other author takes the id of a removed definition, and with it its runs', async () => {
    const own = await listed(alice);
    expect((await as(alice, definition, 'DELETE')).status).toBe(204);
    expect((await as(carol, list, 'POST', { id: Number(definition.split('/')[3]), definition: counting })).status).toBe(403);
    expect([await listed(alice), await listed(carol)]).toEqual([own, []]);
    expect([(await as(alice, `/api/run/${run}/`)).status, (await as(carol, `/api/run/${run}/`)).status]).toEqual([200, 404]);
    expect(await listed(carol, `definition=${definition}`)).toEqual([]);
  });

  test('answers about a definition name its owner', async () => {
    const path = String((await as(alice, list, 'POST', { definition: { ...counting, name: 'named' } })).headers.location);
    for (const login of [alice, bob]) {
      for (const [address, method] of [
        [path, 'GET'],
        [`${path}execute/`, 'POST'],
        [`${path}explain/`, 'GET'],
        ['/call/named', 'POST'],
      ]) {
        const { headers, status } = await as(login, address, method);
        expect([address, status, headers['definition-owner']]).toEqual([address, 200, hers]);
      }
      expect((await as(login, `${path}explain/`)).json.definition).toMatchObject({ name: 'named', owner: 'älice', revision: 1 });
    }
  });

  test('an error says to the author what failed, without the names of files of the caller', async () => {
    const failing = shellWith('exit "$1"', ['${code}'], {
      name: 'failing',
      visibility: 'shared',
      cwd: 'private',
      input_adapter: { input_type: 'file' },
      output_adapter: { output_type: 'file', output_parameters: { file_path: '${output_file}' } },
      ...declared({ code: { type: 'integer', default: 0 } }),
    });
    const path = String((await as(alice, list, 'POST', { definition: failing })).headers.location);
    const form = await multipart([
      ['message', new File(['x'], 'm')],
      ['extra', new File(['x'], 'private')],
    ]);
    const errors = async (query: string, sent: Partial<Sent>) => {
      const { json } = await server.send({ method: 'POST', path: `${path}execute/${query}`, login: bob, ...sent });
      const shown = await Promise.all([bob, alice].map((login) => as(login, json.run)));
      return shown.map(({ json: { end_reason, error } }) => [end_reason, error]);
    };
    const left = [
      ['output_error', expect.stringContaining('private.txt')],
      ['output_error', 'the output could not be collected'],
    ];
    expect(await errors('?-output_file=private.txt', { body: 'x' })).toEqual(left);
    const unprepared = 'the run could not be prepared';
    expect(await errors('', form)).toEqual([
      ['spawn_error', expect.stringMatching(`^${unprepared}: .*private`)],
      ['spawn_error', unprepared],
    ]);
    const ended = ['exit', 'the program ended with exit code 3'];
    expect(await errors('?code=3', { body: 'x' })).toEqual([ended, ended]);
  });
});
