// The door of procaas against what the original's own tests ask (P1 to P8), and against each line of what it promises.
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Entry, fromBufferPromise } from 'yauzl';
import { multipart } from '../support/http.js';
import { file, post, python, shellCommand } from '../support/process-door.js';
import { leftAfter, marked } from '../support/processes.js';
import { until } from '../support/restarts.js';
import { zipOf } from '../support/run-files.js';
import { startServer, type TestServer } from '../support/server.js';
import { openLine, statusOfLine } from '../support/web-socket.js';

let server: TestServer;
const workDir = () => join(server.dataDir, 'work');

beforeAll(async () => {
  server = await startServer({ ISOLATION: 'auto' });
});

afterAll(() => server.stop());

const counting = 'import time\nfor i in range(1, 5):\n    print(i, flush=True)\n    time.sleep(1)';
const timeoutMillis = 5000;

describe("the original's own tests", () => {
  test('P1: files in, one file out', async () => {
    const script =
      "import os\nnames = sorted(n for n in os.listdir('.') if os.path.isfile(n))\nopen('output/result.txt', 'w').write(''.join(open(n).read() for n in names))";
    const data = python(script, { outputMode: 'file', timeoutMillis });
    const answer = await post(server, { data, files: [file('1.txt', 'content'), file('2.txt', 'content')] });
    expect([answer.status, answer.text]).toEqual([200, 'contentcontent']);
    expect(answer.headers['content-type']).toMatch(/^text\/plain/);
    expect(answer.headers['content-length']).toBe('14');
  });

  test('P2: stdout', async () => {
    const answer = await post(server, { data: python('print(2000 + 19)', { outputMode: 'stdout', timeoutMillis }) });
    expect([answer.status, answer.text, answer.headers['content-length']]).toEqual([200, '2019\n', '5']);
  });

  test('P3: chunkedStdout, the first chunk at once', async () => {
    const begunMs = performance.now();
    const { status, headers, chunks } = await chunksOf(python(counting, { outputMode: 'chunkedStdout', timeoutMillis: 8000 }));
    expect([status, headers['transfer-encoding'], headers['content-length']]).toEqual([200, 'chunked', undefined]);
    expect(chunks.map(({ text }) => text).join('')).toBe('1\n2\n3\n4\n');
    expect(chunks[0].text).toBe('1\n');
    expect(chunks[0].atMs - begunMs).toBeLessThan(1500);
    expect(chunks[3].atMs - chunks[0].atMs).toBeGreaterThan(2900);
  });

  test('P4: a script that is none', async () => {
    const answer = await post(server, { data: python('This is not python code', { timeoutMillis }) });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('This is not python code');
    expect(answer.json).toMatchObject({ code: 'exit', exit_code: 1, error: 'ProcessException: the program ended with exit code 1' });
    expect(answer.json.stderr).toContain('SyntaxError');
  });

  test('P5: a timeout is a 400 that says so, without a trace', async () => {
    const answer = await post(server, { data: python(counting, { outputMode: 'stdout', timeoutMillis: 2000 }) });
    expect([answer.status, answer.json.error, answer.json.code]).toEqual([400, 'ProcessTimeoutException: Process timeout', 'timeout']);
    expect(answer.text).not.toMatch(/\bat .*\.(js|ts|java):\d/);
  });

  test('P6: a timeout of chunkedStdout leaves the status and is appended', async () => {
    const answer = await post(server, { data: python(counting, { outputMode: 'chunkedStdout', timeoutMillis: 2000 }) });
    expect([answer.status, answer.text]).toEqual([200, '1\n2\nProcessTimeoutException: Process timeout\n']);
  });

  test('P7: a talk over WebSocket', async () => {
    const script =
      "import sys\nwhile True:\n  line = sys.stdin.readline().strip()\n  print(line.lower(), end='', flush=True)\n  if line == 'THREE': break";
    const line = await interactive(python(script, { timeoutMillis }));
    for (const text of ['ONE\n', 'TWO\n', 'THREE\n', 'FOUR']) line.socket.send(text);
    expect(await line.closed).toEqual({ code: 1000, reason: '' });
    expect(Buffer.concat(line.frames).toString()).toBe('onetwothree');
  });

  test.each([
    ['success', shellCommand('touch left; mkdir -p a/b; touch a/b/c')],
    ['failure', shellCommand('touch left; exit 3')],
    ['timeout', shellCommand('touch left; sleep 30', { timeoutMillis: 300 })],
    ['a program that does not exist', { cmd: ['/no/such/program'] }],
    ['a file as output', shellCommand('touch left; echo x > output/one', { outputMode: 'file' })],
    ['a zip as output', shellCommand('touch left; echo x > output/one', { outputMode: 'zip' })],
  ])('P8: after %s nothing is left of the work directory', async (_how, data) => {
    await post(server, { data, files: [file('brought.txt', 'x')] });
    await until(workFiles, (names) => names.length === 0);
  });

  test('P8: when the caller goes away, the tree is gone soon and so is the work directory', async () => {
    const mark = `GONE${process.pid}`;
    const script = `trap '' TERM; touch left; (setsid sh -c 'trap "" TERM; while :; do sleep 0.1; done' &); echo up; while :; do sleep 0.1; done`;
    const { outgoing, first } = await chunkedRequest(shellCommand(script, { outputMode: 'chunkedStdout', envs: { MARK: mark } }));
    expect(await first).toBe('up\n');
    expect(marked(mark).length).toBeGreaterThan(1);
    outgoing.destroy();
    expect(await leftAfter(2000, () => marked(mark))).toEqual([]);
    await until(workFiles, (names) => names.length === 0);
  });

  test('P8: when the caller goes away before a byte of stdout, too', async () => {
    const mark = `MUTE${process.pid}`;
    const { outgoing } = await chunkedRequest(shellCommand('sleep 60', { outputMode: 'stdout', envs: { MARK: mark } }));
    await until(
      () => marked(mark).length,
      (count) => count > 0,
    );
    outgoing.destroy();
    expect(await leftAfter(2000, () => marked(mark))).toEqual([]);
  });
});

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

  test('takes environment beside PATH, as it is', async () => {
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

  test('has files of its own: two at once do not see each other', async () => {
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

  test('must be one', async () => {
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
  ])('%i files', async (_count, script, status) => {
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

  test('chunkedStdout that fails later has the reason on a line of its own, and the end of stderr', async () => {
    const data = shellCommand('printf part; echo why >&2; exit 3', { outputMode: 'chunkedStdout' });
    const { status, text } = await post(server, { data });
    expect([status, text]).toEqual([200, 'part\nProcessException: the program ended with exit code 3\nwhy\n']);
  });
});

describe('a timeout', () => {
  test('ends what ignores TERM within a second more', async () => {
    const begunMs = performance.now();
    const data = shellCommand("trap '' TERM; while :; do sleep 0.05; done", { timeoutMillis: 1000 });
    expect((await post(server, { data })).json.code).toBe('timeout');
    expect(performance.now() - begunMs).toBeLessThan(3000);
  });
});

describe('lanes', () => {
  const stamps = 'import time\na = time.time()\ntime.sleep(1)\nprint(a, time.time())';
  const spans = (texts: string[]) => texts.map((text) => text.trim().split(' ').map(Number));
  const atOnce = (all: number[][]) => Math.max(...all.map(([start]) => all.filter(([from, to]) => from <= start && start < to).length));

  test('cpu=2: six programs of a second take about three, never more than two at once', async () => {
    const two = await startServer({ LANES: 'io=0,cpu=2,code=1' });
    await post(two, { data: python('pass') });
    const begunMs = performance.now();
    const answers = await Promise.all(Array.from({ length: 6 }, () => post(two, { data: python(stamps, { computation: 'cpu' }) })));
    const tookMs = performance.now() - begunMs;
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
    expect(atOnce(spans(answers.map(({ text }) => text)))).toBe(2);
    expect(tookMs).toBeGreaterThan(3000);
    expect(tookMs).toBeLessThan(5000);
    await two.stop();
  });

  test('io: all at once', async () => {
    const count = 2 * availableParallelism() + 1;
    const answers = await Promise.all(Array.from({ length: count }, () => post(server, { data: python(stamps, { computation: 'io' }) })));
    expect(atOnce(spans(answers.map(({ text }) => text)))).toBe(count);
  });
});

describe('/process_interactive', () => {
  test('brings stdout and stderr in binary frames', async () => {
    const line = await interactive(shellCommand('echo out; echo err >&2'));
    expect((await line.closed).code).toBe(1000);
    expect(Buffer.concat(line.frames).toString().split('\n').sort()).toEqual(['', 'err', 'out']);
  });

  test('echoes what cat is sent, text and bytes, as it comes', async () => {
    const line = await interactive({ cmd: ['cat'] });
    const said = () => Buffer.concat(line.frames).toString('latin1');
    line.socket.send('text');
    await until(said, (text) => text === 'text');
    line.socket.send(Buffer.from([0, 255, 10]));
    await until(said, (text) => text === 'text\x00\xff\n');
    line.cut();
  });

  test('closes with 1011 and the reason, at most 123 bytes of it', async () => {
    const failed = await interactive(shellCommand('exit 3'));
    expect(await failed.closed).toEqual({ code: 1011, reason: 'ProcessException: the program ended with exit code 3' });
    const late = await interactive(shellCommand('sleep 30', { timeoutMillis: 300 }));
    expect(await late.closed).toEqual({ code: 1011, reason: 'ProcessTimeoutException: Process timeout' });
    const missing = await interactive({ cmd: [`/no/such/${'é'.repeat(90)}`] });
    const { code, reason } = await missing.closed;
    expect([code, Buffer.byteLength(reason) <= 123, reason.includes('\ufffd')]).toEqual([1011, true, false]);
  });

  test('is refused before the upgrade: 400, 401, 403, 426', async () => {
    const path = (data: unknown) => `/process_interactive?data=${encodeURIComponent(JSON.stringify(data))}`;
    expect(await statusOfLine(server, '/process_interactive')).toBe(400);
    expect(await statusOfLine(server, '/process_interactive?data={')).toBe(400);
    expect(await statusOfLine(server, path({ cmd: [] }))).toBe(400);
    expect(await statusOfLine(server, path({ cmd: ['true'] }), { login: '' })).toBe(401);
    await server.user('runs-only:pw', 'runner');
    expect(await statusOfLine(server, path({ cmd: ['true'] }), { login: 'runs-only:pw' })).toBe(403);
    expect(await statusOfLine(server, path({ cmd: ['true'] }), { headers: { origin: 'http://evil.example' } })).toBe(403);
    expect((await server.send({ path: path({ cmd: ['true'] }) })).status).toBe(426);
  });

  test('ends the tree and the work directory of a client that goes away', async () => {
    const mark = `TALK${process.pid}`;
    const script = `trap '' TERM; touch left; (setsid sh -c 'trap "" TERM; while :; do sleep 0.1; done' &); echo up; while :; do sleep 0.1; done`;
    const line = await interactive(shellCommand(script, { envs: { MARK: mark } }));
    await until(
      () => line.frames.length,
      (count) => count > 0,
    );
    line.cut();
    expect(await leftAfter(2000, () => marked(mark))).toEqual([]);
    await until(workFiles, (names) => names.length === 0);
  });
});

describe('settings of the original', () => {
  test('DEFAULT_OUTPUT_DIR_NAME, PROCESS_TIMEOUT, WORK_DIR and LOG_LEVEL', async () => {
    const other = await startServer({ DEFAULT_OUTPUT_DIR_NAME: 'out', PROCESS_TIMEOUT: '1s', LOG_LEVEL: 'ERROR'.toLowerCase() });
    expect((await post(other, { data: shellCommand('echo x > out/a', { outputMode: 'file' }) })).text).toBe('x\n');
    expect((await post(other, { data: shellCommand('sleep 30') })).json.code).toBe('timeout');
    await other.stop();
  });

  test('DOORS without process: there is nothing at its addresses', async () => {
    const other = await startServer({ DOORS: 'none' });
    expect((await post(other, { data: { cmd: ['true'] } })).status).toBe(404);
    expect(await statusOfLine(other, '/process_interactive?data={}')).toBe(404);
    expect((await other.send({ path: '/about' })).status).toBe(200);
    expect(Object.keys((await other.send({ path: '/docs-json' })).json.paths)).not.toContain('/process');
    await other.stop();
  });
});

test('/about is the version, for a health check without login', async () => {
  const { status, text } = await server.send({ path: '/about', login: '' });
  expect([status, text]).toEqual([200, expect.stringMatching(/^\d+\.\d+\.\d+/)]);
});

test('needs the role author', async () => {
  await server.user('runner-only:pw', 'runner');
  expect((await post(server, { data: { cmd: ['true'] }, login: 'runner-only:pw' })).status).toBe(403);
  expect((await post(server, { data: { cmd: ['true'] }, login: '' })).status).toBe(401);
});

const interactive = (data: unknown) => openLine(server, `/process_interactive?data=${encodeURIComponent(JSON.stringify(data))}`);

/** The files in the work directories, wherever this server has them. */
function workFiles(): string[] {
  const root = /work directories are in (\S+)/.exec(server.said())?.[1] ?? workDir();
  try {
    const names = readdirSync(root, { recursive: true }) as string[];
    return names.filter((name) => statSync(join(root, name), { throwIfNoEntry: false })?.isFile());
  } catch (error) {
    return [`changes while it is read: ${error}`];
  }
}

async function chunkedRequest(data: unknown) {
  const { body, headers } = await multipart([['data', JSON.stringify(data)]]);
  const outgoing = request(new URL(server.url), {
    method: 'POST',
    path: '/process',
    headers: { ...headers, authorization: `Basic ${Buffer.from('admin:secret').toString('base64')}` },
    agent: false,
  });
  outgoing.on('error', () => {});
  outgoing.end(body);
  const response = once(outgoing, 'response').then(([incoming]) => incoming.on('error', () => {}));
  const first = response.then(async (incoming) => String((await once(incoming, 'data'))[0]));
  first.catch(() => {});
  response.catch(() => {});
  return { outgoing, response, first };
}

/** The chunks of the answer, each with when it came. */
async function chunksOf(data: unknown) {
  const { response } = await chunkedRequest(data);
  const incoming = await response;
  const chunks: { text: string; atMs: number }[] = [];
  incoming.on('data', (chunk: Buffer) => chunks.push({ text: chunk.toString(), atMs: performance.now() }));
  await once(incoming, 'end');
  return { status: incoming.statusCode, headers: incoming.headers, chunks };
}

async function entriesOf(archive: Buffer): Promise<Entry[]> {
  const zip = await fromBufferPromise(archive, { lazyEntries: true });
  const entries: Entry[] = [];
  for await (const entry of zip.eachEntry()) entries.push(entry);
  return entries;
}
