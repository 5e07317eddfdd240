// The files of a definition: scripts that are stored with it, and stand in the work directory of each of its runs.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, multipart } from '../support/http.js';
import { execute } from '../support/programs.js';
import { pathsOf, zipOf } from '../support/run-files.js';
import { startServer, type TestServer } from '../support/server.js';

const registry = '/api/process_definition/';
const python = '#!/usr/bin/env python3\nimport sys\nprint(sys.stdin.read().upper(), end="")\n';
const folder = mkdtempSync(join(tmpdir(), 'procreg-files-'));

let server: TestServer;
beforeAll(async () => {
  const loaded = { name: 'loaded', exec: './run.sh', files: { 'run.sh': '#!/bin/sh\nexec tr a-z A-Z\n' } };
  writeFileSync(join(folder, 'loaded.json'), JSON.stringify(loaded));
  server = await startServer({ DEFINITIONS_DIR: folder });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const put = (name: string, definition: object, to = server) =>
  to.send({ method: 'PUT', path: `${registry}${name}/`, body: { definition } });
const run = (name: string, body: string, to = server) => to.send({ method: 'POST', path: `${registry}${name}/execute/`, body });
const faultsOf = async (definition: object) =>
  (await server.send({ method: 'POST', path: `${registry}validate/`, body: { definition } })).json.faults;
const pathOf = ({ headers }: Awaited<ReturnType<typeof run>>) => `/api/run/${headers['run-id']}/`;

describe.each(['process', 'pidns', 'sandbox'])('at level %s', (level) => {
  test('a Python script that one PUT has stored runs', async () => {
    const contained = await startServer({ ISOLATION: level });
    try {
      expect((await put('report', { exec: './report.py', files: { 'report.py': python } }, contained)).status).toBe(201);
      const answer = await run('report', 'hello', contained);
      expect(answer.text).toBe('HELLO');
      expect((await contained.send({ path: pathOf(answer) })).json.isolation).toBe(level);
    } finally {
      await contained.stop();
    }
  });
});

test('files stand in folders, as bytes, with the modes of programs and of data, and belong to the run user', async () => {
  const bytes = Buffer.from([0, 255, 10]);
  const files = { 'lib/data.bin': { base64: bytes.toString('base64') }, 'bin/go': '#!/bin/sh\n', 'ä b.txt': 'text' };
  const argv = ['-c', 'stat -c "%a %n" */* *.txt; [ -O lib/data.bin ] && echo mine; od -An -tx1 lib/data.bin'];
  const answer = await execute(server, { exec: '/bin/sh', argv, files });
  expect(answer.text).toBe('555 bin/go\n444 lib/data.bin\n444 ä b.txt\nmine\n 00 ff 0a\n');
});

test('a file is a file of the run only if its program has changed it', async () => {
  const files = { 'lib/same': 'a', changed: 'a', 'lib/gone': 'a', linked: 'a' };
  const script = 'chmod u+w changed; echo b > changed; rm lib/gone; ln -sf /etc/hostname linked; touch new';
  const answer = await execute(server, { exec: '/bin/sh', argv: ['-c', script], files });
  expect(await pathsOf(server, pathOf(answer))).toEqual(['changed', 'new']);
  const quiet = await execute(server, { exec: '/bin/cat', argv: ['lib/a/b'], files: { 'lib/a/b': 'kept?' } });
  expect([quiet.text, await pathsOf(server, pathOf(quiet))]).toEqual(['kept?', []]);
});

test('a directory that is the output holds what the program has made, and not the files of the definition', async () => {
  const output_adapter = { output_type: 'directory', output_parameters: { directory: 'out', format: 'file' } };
  const definition = { exec: '/bin/sh', argv: ['-c', 'cat out/template > out/made'], output_adapter, files: { 'out/template': 'x' } };
  expect((await execute(server, definition)).text).toBe('x');
});

test('a program whose cwd is another folder is found in the work directory', async () => {
  const files = { 'run.sh': '#!/bin/sh\npwd\n' };
  expect((await execute(server, { exec: './run.sh', cwd: '/usr', files })).text).toBe('/usr\n');
  expect((await execute(server, { exec: 'run.sh', files })).json).toMatchObject({ code: 'spawn_error' });
});

test('explain/ shows the files and the program', async () => {
  await put('explained', { exec: './report.py', files: { 'report.py': python, data: 'ä' } });
  const { json } = await server.send({ path: `${registry}explained/explain/` });
  expect([json.exec, json.files]).toEqual([
    '${workdir}/report.py',
    [
      { path: 'report.py', bytes: python.length, mode: '0555' },
      { path: 'data', bytes: 2, mode: '0444' },
    ],
  ]);
});

test('files belong to the revisions and to the ETag, and come from DEFINITIONS_DIR', async () => {
  const version = (text: string) => ({ exec: '/bin/cat', argv: ['a'], files: { a: text } });
  const etags = [];
  for (const text of ['one', 'two']) {
    await put('versions', version(text));
    etags.push((await server.send({ path: `${registry}versions/` })).headers.etag);
  }
  expect(new Set(etags).size).toBe(2);
  expect((await run('versions', '')).text).toBe('two');
  await server.send({ method: 'POST', path: `${registry}versions/revisions/1/restore/` });
  expect((await run('versions', '')).text).toBe('one');
  expect((await run('loaded', 'abc')).text).toBe('ABC');
});

describe('a file that a caller sends under the name of one', () => {
  const waiting = '#!/bin/sh\nwhile [ ! -e go ]; do sleep 0.02; done\n./step.sh\ncat lib/data\n';
  const files = { 'run.sh': waiting, 'step.sh': '#!/bin/sh\necho "the author’s"\n', 'lib/data': 'theirs too\n' };
  const evil = '#!/bin/sh\necho evil\n';
  const login = 'ann:pw';
  const as = (method: string, path: string, body?: unknown) => server.send({ method, path, login, body });
  /** Every way to change a file of the definition, and files that would be in its place or in its folder. */
  const ways = async (run: string): Promise<Answer[]> => [
    await as('PUT', `${run}files/step.sh`, evil),
    await as('PUT', `${run}files/lib/data`, evil),
    await as('PUT', `${run}files/step.sh/x`, evil),
    await as('PUT', `${run}files/lib`, evil),
    await as('PUT', `${run}archive/`, await zipOf({ 'step.sh': evil }, 0o100755)),
    await as('PUT', `${run}archive/`, await zipOf({ 'step.sh/': '' })),
    await as('DELETE', `${run}files/step.sh`),
  ];
  beforeAll(async () => {
    await server.user(login, 'runner');
    await put('shared', { exec: './run.sh', files, visibility: 'shared' });
  });

  test.each(['step.sh', 'lib'])('is refused with the request: %s', async (name) => {
    const form = await multipart([
      ['message', new File(['any'], 'm')],
      ['x', new File(['evil'], name)],
    ]);
    const answer = await server.send({ method: 'POST', path: `${registry}shared/execute/`, login, ...form });
    expect([answer.status, answer.json.code]).toEqual([400, 'invalid_request']);
  });

  test.each([
    ['before the start', false],
    ['while the program runs', true],
  ])('is refused %s, and files next to it are not', async (_when, start) => {
    const made = await as('POST', '/api/run/', { definition: 'shared', start });
    const run = made.json.resource_uri;
    if (start) await expect.poll(async () => (await as('GET', run)).json.state).toBe('running');
    expect((await ways(run)).map(({ status, json }) => `${status} ${json.code}`)).toEqual(Array(7).fill('400 invalid_request'));
    expect((await as('PUT', `${run}files/lib/go`, '')).status).toBe(201);
    expect((await as('PUT', `${run}files/go`, '')).status).toBe(201);
    if (!start) expect((await as('POST', `${run}start/`)).status).toBe(202);
    expect((await as('GET', `${run}wait/`)).json).toMatchObject({ end_reason: 'exit', exit_code: 0 });
    expect((await as('GET', `${run}output/`)).text).toBe('the author’s\ntheirs too\n');
    expect(await pathsOf(server, run)).toEqual(['go', 'lib', 'lib/go']);
    // a run that has just ended may still be leaving its directory
    await expect.poll(async () => (await as('DELETE', `${run}files/lib/go`)).status).toBe(204);
  });
});

const exec = '/bin/cat';
test.each([
  ['a path that leads out', { exec, files: { '../x': '' } }, 'files.../x'],
  ['an absolute path', { exec, files: { '/x': '' } }, 'files./x'],
  ['a file below a file', { exec, files: { a: '', 'a/b': '' } }, 'files.a/b'],
  ['a content that is neither', { exec, files: { a: 1 } }, 'files.a'],
  ['another key beside base64', { exec, files: { a: { base64: '', mode: 7 } } }, 'files.a'],
  ['wrong base64', { exec, files: { a: { base64: 'YQ' } } }, 'files.a.base64'],
  ['a list', { exec, files: ['a'] }, 'files'],
  ['more than 1 MiB', { exec, files: { a: 'x'.repeat(2 ** 19), b: 'ä'.repeat(2 ** 18 + 1) } }, 'files'],
  ['a program without #!', { exec: './a', files: { a: 'echo' } }, 'exec'],
  [
    'more than 1,000 files and folders',
    { exec, files: Object.fromEntries(Array.from({ length: 501 }, (_, at) => [`${at}/a`, ''])) },
    'files',
  ],
  ['a path of very many parts', { exec, files: { ['a/'.repeat(2 ** 18)]: '' } }, `files.${'a/'.repeat(97)}…`],
])('a definition with %s is not valid', async (_what, definition, path) => {
  expect((await faultsOf(definition)).map((fault: { path: string }) => fault.path)).toEqual([path]);
});

test('a large body of many values is refused before it holds anybody up, and one of many characters is not', async () => {
  const large = (unit: string) =>
    `{"definition":{"exec":"/x","files":{"a":[${unit.repeat(2 ** 20 / unit.length)}1,"${'[,{\\\\\\"'.repeat(2 ** 17)}"]}}}`;
  const asked = (body: string) =>
    server.send({ method: 'POST', path: `${registry}validate/`, headers: { 'content-type': 'application/json' }, body });
  const refused = await asked(large('[],'));
  expect([refused.status, refused.json.detail]).toEqual([413, 'a body of more than 1048576 bytes may have at most 100000 values']);
  expect((await asked(large('"                              ",'))).json.faults).toMatchObject([{ path: 'files.a' }]);
  expect((await asked(large('[],').replace(/"\]\}\}\}$/, ''))).status).toBe(413);
});

test('1 MiB of files can be stored and run in any form, and a larger body without files stays refused', async () => {
  const base64 = Buffer.alloc(2 ** 20, 1).toString('base64');
  const escaped = '\u0001'.repeat(2 ** 19);
  for (const file of [{ base64 }, escaped]) {
    expect((await put('large', { exec: '/usr/bin/wc', argv: ['-c', 'a'], files: { a: file } })).status).toBeLessThan(300);
    expect((await run('large', '')).text).toBe(`${file === escaped ? 2 ** 19 : 2 ** 20} a\n`);
  }
  for (const body of [
    { exec, description: 'x'.repeat(2 ** 20) },
    { exec, files: { a: 'x'.repeat(2 ** 22) } },
  ]) {
    expect((await put('large', body)).status).toBe(413);
  }
});
