// What an earlier run has left, as the message and as the files of a new one: run:ID/output and run:ID/files/PATH.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { multipart } from '../support/http.js';
import { begun, defined, execute, needed, shell, shellWith } from '../support/programs.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';

const ann = 'ann:ann-password';
const file = { type: 'string', format: 'file' };
const files = { type: 'array', items: file };

let server: TestServer;
/** The id of a run that printed `out` and left `sub/a b.csv`. */
let source: string;
let one: string;
let many: string;
let echo: string;

beforeAll(async () => {
  server = await startServer();
  await server.user(ann, 'author');
  source = String((await execute(server, shell('echo out; mkdir sub; echo left > "sub/a b.csv"'))).headers['run-id']);
  const say = 'for f; do basename "$f"; cat "$f"; done';
  one = await defined(server, shellWith(say, ['${file}'], { ...needed({ file }), visibility: 'shared' }));
  many = await defined(server, shellWith(say, ['${files}'], needed({ files })));
  echo = await defined(server, shellWith(say, ['${input_file}'], { visibility: 'shared' }));
});

afterAll(() => server.stop());

const post = (path: string, sent: object = {}) => server.send({ method: 'POST', path, ...sent });
const output = () => `run:${source}/output`;
const left = () => `run:${source}/files/sub/a b.csv`;

describe('a file parameter', () => {
  test.each([
    ['the output', output, 'output.txt\nout\n'],
    ['a file', left, 'a b.csv\nleft\n'],
  ])('gets %s of a run by query, form, JSON and order', async (_what, value, wanted) => {
    const answers = [
      await post(`${one}execute/?file=${encodeURIComponent(value())}`),
      await post(`${one}execute/`, await multipart([['file', value()]])),
      await post(`${one}execute/`, { body: { file: value() } }),
    ];
    expect(answers.map(({ text }) => text)).toEqual([wanted, wanted, wanted]);
    const { id } = (await post('/api/run/', { body: { definition: one, parameters: { file: value() } } })).json;
    await server.send({ path: `/api/run/${id}/wait/` });
    expect((await server.send({ path: `/api/run/${id}/output/` })).text).toBe(wanted);
  });

  test('that is a list gets several, behind those of the form', async () => {
    expect((await post(`${many}execute/`, { body: { files: [left(), output()] } })).text).toBe('a b.csv\nleft\noutput.txt\nout\n');
    const form = await multipart([
      ['files', new File(['own\n'], 'own')],
      ['files', left()],
    ]);
    expect((await post(`${many}execute/`, form)).text).toBe('own\nown\na b.csv\nleft\n');
    expect((await post(`${many}execute/`, { body: { files: [] } })).text).toBe('');
  });

  test('that is no list gets one only', async () => {
    const form = await multipart([
      ['file', new File(['own'], 'own')],
      ['file', output()],
    ]);
    for (const sent of [form, { body: { file: [output(), left()] } }]) {
      const answer = await post(`${one}execute/`, sent);
      expect([answer.status, answer.json.code]).toEqual([400, 'invalid_parameters']);
    }
  });
});

describe('the message', () => {
  test('is what a run has left, by the switch and in an order', async () => {
    expect((await post(`${echo}execute/?-message_from=${output()}`)).text).toBe('input.txt\nout\n');
    expect((await post(`${echo}execute/?-message_from=${encodeURIComponent(left())}`)).text).toBe('input.csv\nleft\n');
    const { id } = (await post('/api/run/', { body: { definition: echo, message_from: left() } })).json;
    await server.send({ path: `/api/run/${id}/wait/` });
    expect((await server.send({ path: `/api/run/${id}/output/` })).text).toBe('input.csv\nleft\n');
    const command = { exec: '/usr/bin/tr', argv: ['o', 'a'], message_from: output() };
    const path = (await post('/api/run/', { body: command })).json.resource_uri;
    await server.send({ path: `${path}wait/` });
    expect((await server.send({ path: `${path}output/` })).text).toBe('aut\n');
  });

  test('comes from one place only, and only where a message is taken', async () => {
    const both = await post(`${echo}execute/?-message_from=${output()}`, { body: 'own' });
    expect([both.status, both.json.code]).toEqual([400, 'invalid_request']);
    const none = await post(`${one}execute/?-message_from=${output()}`);
    expect([none.status, none.json.code]).toEqual([400, 'message_not_taken']);
    expect((await post('/api/run/', { body: { definition: echo, message: 'x', message_from: output() } })).status).toBe(400);
  });

  test('of a service is what a run has left', async () => {
    const service = await defined(server, { exec: '/bin/cat', process_type: 'service' });
    expect((await post(`${service}execute/?-message_from=${output()}`)).status).toBe(202);
    const [{ resource_uri: run }] = (await server.send({ path: `/api/run/?definition=${service}` })).json.objects;
    await expect.poll(async () => (await server.send({ path: `${run}log/` })).text).toBe('out\n');
  });
});

describe('a value that leads to nothing', () => {
  const nobody = '01900000-0000-7000-8000-000000000000';

  test.each([
    ['of no run', () => `run:${nobody}/output`, 404, 'not_found'],
    ['of no file', () => `run:${source}/files/none`, 404, 'not_found'],
    ['of a folder', () => `run:${source}/files/sub`, 404, 'not_found'],
    ['of a path that leads out', () => `run:${source}/files/../x`, 400, 'invalid_request'],
    ['that has another form', () => `run:${source}/log`, 400, 'invalid_request'],
  ])('%s is refused, with the value', async (_what, value, status, code) => {
    const text = encodeURIComponent(value());
    for (const path of [`${one}execute/?file=${text}`, `${echo}execute/?-message_from=${text}`, `${one}explain/?file=${text}`]) {
      const answer = await post(path);
      expect([answer.status, answer.json.code], answer.text).toEqual([status, code]);
      expect(answer.json.detail).toContain(`'${value()}'`);
    }
  });

  test('is what others may not see, and a run that has not ended', async () => {
    const asked = { body: { file: output() }, login: ann };
    expect([(await post(`${one}execute/`, asked)).status, (await post(`${one}execute/`, { ...asked, login: adminLogin })).status]).toEqual([
      404, 200,
    ]);
    const id = (await begun(server, shell('sleep 60'))).split('/')[3];
    for (const value of [`run:${id}/output`, `run:${id}/files/x`]) {
      const answer = await post(`${one}execute/`, { body: { file: value } });
      expect([answer.status, answer.json.code]).toEqual([409, 'run_active']);
      expect(answer.json.detail).toContain(value);
    }
  });

  test('is a run without output', async () => {
    const silent = String((await execute(server, { exec: '/bin/true', output_adapter: { output_type: 'none' } })).headers['run-id']);
    const answer = await post(`${one}execute/`, { body: { file: `run:${silent}/output` } });
    expect([answer.status, answer.json.code]).toEqual([404, 'output_gone']);
  });
});
