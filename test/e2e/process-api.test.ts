// The interface of procaas: what a command takes, what comes back, and each way in which it is refused or fails.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { multipart } from '../support/http.js';
import { entriesOf, file, post, shellCommand } from '../support/process-api.js';
import { zipOf } from '../support/run-files.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server.stop());

describe('a run', () => {
  test('is the example of its README', async () => {
    const answer = await post(server, { data: { cmd: ['echo', 'Hello world'] } });
    expect([answer.status, answer.text, answer.headers['content-length']]).toEqual([200, 'Hello world\n', '12']);
  });

  test('knows no shell and no placeholder', async () => {
    const words = ['$HOME;x', '${run_id}', '$<workdir>', '$${x}', '`id`', '-n'];
    const data = { cmd: ['/usr/bin/printf', '%s\\n', ...words], envs: {} };
    expect((await post(server, { data })).text).toBe(`${words.join('\n')}\n`);
  });

  test('takes environment variables besides PATH, as they are', async () => {
    const data = shellCommand('echo "$MY_NAME|$PATH|$LITERAL"', { envs: { MY_NAME: '1991', LITERAL: '${workdir}' } });
    expect((await post(server, { data })).text).toMatch(/^1991\|\/usr\/.*\/bin\|\$\{workdir\}\n$/);
  });

  test('takes stdin and its end; without stdin there is the end at once', async () => {
    expect((await post(server, { data: { cmd: ['cat'], stdin: 'a\nb' } })).text).toBe('a\nb');
    const long = 'é'.repeat(200_000);
    expect((await post(server, { data: { cmd: ['cat'], stdin: long } })).text).toBe(long);
    for (const stdin of [undefined, '', null]) {
      const begunMs = performance.now();
      const { status, bytes } = await post(server, { data: { cmd: ['cat'], stdin } });
      expect([status, bytes.length]).toEqual([200, 0]);
      expect(performance.now() - begunMs).toBeLessThan(3000);
    }
  });

  test('takes a urlencoded form, and outPutMode for outputMode', async () => {
    const data = JSON.stringify(shellCommand('echo x > output/a.json', { outPutMode: 'file' }));
    const body = new URLSearchParams({ data }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await server.send({ method: 'POST', path: '/process', body, headers });
    expect([answer.status, answer.text, answer.headers['content-type']]).toEqual([200, 'x\n', 'application/json']);
  });

  test('ignores fields that it does not know', async () => {
    expect((await post(server, { data: { cmd: ['echo'], colour: 'red' } })).status).toBe(200);
  });

  test('has its own files: two at once do not see each other’s', async () => {
    const both = await Promise.all(
      ['one', 'two'].map((content) =>
        post(server, { data: shellCommand('sleep 0.5; cat same.txt; ls'), files: [file('same.txt', content)] }),
      ),
    );
    expect(both.map(({ text }) => text)).toEqual(['onesame.txt\n', 'twosame.txt\n']);
  });

  test('is a run like any other: it has a record with its log', async () => {
    const { headers } = await post(server, { data: shellCommand('echo out; echo err >&2') });
    const path = `/api/run/${headers['run-id']}/`;
    expect((await server.send({ path })).json).toMatchObject({ state: 'finished', lane: 'io', success: true, definition: null });
    expect((await server.send({ path: `${path}log/?stream=stderr` })).text).toBe('err\n');
  });
});

describe('a zip', () => {
  test('that comes in keeps its tree, with empty folders and what is executable', async () => {
    const archive = await zipOf({ 'a/b.txt': 'deep', 'output/ready.txt': 'r', 'empty/': '', 'run.sh': '#!/bin/sh\necho ran' }, 0o100755);
    const data = shellCommand('cat a/b.txt; ls -d empty; ./run.sh; ls', { zipInputMode: true });
    const { status, text } = await post(server, { data, files: [file('in.zip', archive)] });
    expect([status, text]).toEqual([200, 'deepempty\nran\na\nempty\noutput\nrun.sh\n']);
  });

  test('that comes in may bring the output folder along', async () => {
    const archive = await zipOf({ 'output/ready.txt': 'r' });
    const data = shellCommand('true', { zipInputMode: true, outputMode: 'file' });
    expect((await post(server, { data, files: [file('in.zip', archive)] })).text).toBe('r');
  });

  test('must be a valid zip', async () => {
    const archive = await zipOf({ a: '' });
    for (const files of [[], [file('a.zip', archive), file('b.zip', archive)]]) {
      const answer = await post(server, { data: shellCommand('true', { zipInputMode: true }), files });
      expect([answer.status, answer.json.error]).toEqual([400, 'Invalid zipInputMode, should be one zip file']);
    }
    const { status } = await post(server, { data: shellCommand('true', { zipInputMode: true }), files: [file('a.zip', 'no zip')] });
    expect(status).toBe(400);
  });

  test('that goes out is stored, its entries relative to the folder, empty folders too', async () => {
    const script =
      'mkdir -p output/d output/e; echo 1 > output/d/x; head -c 100000 /dev/zero > output/zeros; ln -s /etc/passwd output/link';
    const answer = await post(server, { data: shellCommand(script, { outputMode: 'zip' }) });
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/zip']);
    const entries = await entriesOf(answer.bytes);
    expect(entries.map(({ fileName }) => fileName).sort()).toEqual(['d/', 'd/x', 'e/', 'zeros']);
    expect(entries.map(({ compressionMethod }) => compressionMethod)).toEqual([0, 0, 0, 0]);
    expect(answer.bytes.length).toBeGreaterThan(100_000);
  });

  test('of nothing is a 400', async () => {
    const { status, json } = await post(server, { data: shellCommand('true', { outputMode: 'zip' }) });
    expect([status, json.code]).toEqual([400, 'output_error']);
  });
});

describe('a file as output', () => {
  test.each([
    [0, 'true', 400],
    [1, 'echo x > output/a', 200],
    [2, 'echo x > output/a; echo y > output/b', 400],
  ])('of %i files', async (_count, script, status) => {
    expect((await post(server, { data: shellCommand(script, { outputMode: 'file' }) })).status).toBe(status);
  });

  test('comes from the folder that is named', async () => {
    const data = shellCommand('echo x > some/Folder/a.csv', { outputMode: 'file', outputDir: './some/Folder/' });
    const { text, headers } = await post(server, { data });
    expect([text, headers['content-type']]).toEqual(['x\n', 'text/csv; charset=utf-8']);
  });

  test('is never a link', async () => {
    const data = shellCommand('ln -s /etc/passwd output/a', { outputMode: 'file' });
    const { status, text } = await post(server, { data });
    expect(status).toBe(400);
    expect(text).not.toContain('root:');
  });
});

describe('what is wrong is a 400 with the reason', () => {
  test.each([
    ['{"cmd": ["true"],}', 'Request is not valid JSON.'],
    ['[]', 'data must be a JSON object'],
    [{}, 'cmd must be a list of strings'],
    [{ cmd: 'echo x' }, 'cmd must be a list of strings'],
    [{ cmd: [] }, 'cmd must be a list of strings'],
    [{ cmd: ['true', 1] }, 'cmd must be a list of strings'],
    [{ cmd: ['true'], outputMode: 'tar' }, 'Invalid output mode'],
    [{ cmd: ['true'], computation: 'gpu' }, 'Invalid computation mode'],
    [{ cmd: ['true'], timeoutMillis: -1 }, 'timeoutMillis must be'],
    [{ cmd: ['true'], timeoutMillis: '5' }, 'timeoutMillis must be'],
    [{ cmd: ['true'], stdin: 5 }, 'stdin must be text'],
    [{ cmd: ['true'], envs: ['a'] }, 'envs must be an object'],
    [{ cmd: ['true'], envs: { A: 1 } }, 'environment'],
    [{ cmd: ['true'], envs: { 'A=B': 'c' } }, 'environment'],
    [{ cmd: ['true'], zipInputMode: 'yes' }, 'zipInputMode must be'],
    [{ cmd: ['true'], outputMode: 'zip', outputDir: '../x' }, 'outputDir'],
    [{ cmd: ['true'], outputMode: 'zip', outputDir: '/etc' }, 'outputDir'],
    [{ cmd: ['/no/such/program'] }, 'ProcessException: '],
    [{ cmd: ['true\u0000'] }, 'NUL'],
  ])('%j', async (data, sentence) => {
    const { status, headers, text, json } = await post(server, { data });
    expect([status, headers['content-type']], text).toEqual([400, 'application/problem+json']);
    expect(json.error).toContain(sentence);
  });

  test('no data at all', async () => {
    const answer = await server.send({ method: 'POST', path: '/process', ...(await multipart([['other', 'x']])) });
    expect([answer.status, answer.json.error]).toEqual([400, "Can't get 'data' parameter"]);
    expect((await server.send({ method: 'POST', path: '/process', body: { cmd: ['true'] } })).status).toBe(400);
  });

  test('an exit code, with the end of stderr', async () => {
    const { status, json, headers } = await post(server, { data: shellCommand('seq 1 5000 >&2; exit 3') });
    expect([status, json.exit_code, headers['exit-code']]).toEqual([400, 3, '3']);
    expect(json.stderr).toMatch(/\n4999\n5000\n$/);
    expect(json.stderr.length).toBeLessThanOrEqual(4096);
  });

  test('chunkedStdout that fails before it says anything', async () => {
    const { status, json } = await post(server, { data: shellCommand('echo why >&2; exit 3', { outputMode: 'chunkedStdout' }) });
    expect([status, json.stderr]).toEqual([400, 'why\n']);
  });

  test('chunkedStdout that fails later has the reason on a separate line, and the end of stderr', async () => {
    const data = shellCommand('printf part; echo why >&2; exit 3', { outputMode: 'chunkedStdout' });
    const { status, text } = await post(server, { data });
    expect([status, text]).toEqual([200, 'part\nProcessException: the program ended with exit code 3\nwhy\n']);
  });
});

test('needs the role author', async () => {
  await server.user('runner-only:pw', 'runner');
  expect((await post(server, { data: { cmd: ['true'] }, login: 'runner-only:pw' })).status).toBe(403);
  expect((await post(server, { data: { cmd: ['true'] }, login: '' })).status).toBe(401);
});
