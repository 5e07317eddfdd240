// The interface of procaas against what the original's own tests ask (P1 to P8), its lanes and its settings.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chunkedRequest, chunksOf, file, interactive, post, python, shellCommand, workFiles } from '../support/process-api.js';
import { leftAfter, marked } from '../support/processes.js';
import { until } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';
import { statusOfLine } from '../support/web-socket.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server.stop());

const counting = 'import time\nfor i in range(1, 5):\n    print(i, flush=True)\n    time.sleep(1 if i < 4 else 0.5)';
const timeoutMillis = 5000;
/** The part of the counting that is written within two seconds. */
const counted = '1\\n(2\\n(3\\n)?)?';

describe("the original's own tests", () => {
  test('P1: files in, one file out', async () => {
    const script =
      "import os\nnames = sorted(n for n in os.listdir('.') if os.path.isfile(n))\nopen('output/result.txt', 'w').write(''.join(open(n).read() for n in names))";
    const data = python(script, { outPutMode: 'file', timeoutMillis });
    const answer = await post(server, { data, files: [file('1.txt', 'content'), file('2.txt', 'content')] });
    expect([answer.status, answer.text]).toEqual([200, 'contentcontent']);
    expect(answer.headers['content-type']).toMatch(/^text\/plain/);
    expect(answer.headers['content-length']).toBe('14');
  });

  test('P2: stdout', async () => {
    const answer = await post(server, { data: python('print(2000 + 19)', { timeoutMillis }) });
    expect([answer.status, answer.text, answer.headers['content-length']]).toEqual([200, '2019\n', '5']);
  });

  test('P3: chunkedStdout, the first chunk at once', async () => {
    const begunMs = performance.now();
    const { status, headers, chunks } = await chunksOf(server, python(counting, { outPutMode: 'chunkedStdout', timeoutMillis }));
    expect([status, headers['transfer-encoding'], headers['content-length']]).toEqual([200, 'chunked', undefined]);
    expect(chunks.map(({ text }) => text).join('')).toBe('1\n2\n3\n4\n');
    expect(chunks[0].text).toBe('1\n');
    expect(chunks[0].atMs - begunMs).toBeLessThan(1500);
    expect(chunks[3].atMs - chunks[0].atMs).toBeGreaterThan(2900);
  });

  test('P4: an invalid script', async () => {
    const answer = await post(server, { data: python('This is not python code', { timeoutMillis }) });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('This is not python code');
    expect(answer.json).toMatchObject({ code: 'exit', exit_code: 1, error: 'ProcessException: the program ended with exit code 1' });
    expect(answer.json.stderr).toContain('SyntaxError');
  });

  test('P5: a timeout is a 400 that says so, without a trace', async () => {
    const answer = await post(server, { data: python(counting, { timeoutMillis: 2000 }) });
    expect([answer.status, answer.json.error, answer.json.code]).toEqual([400, 'ProcessTimeoutException: Process timeout', 'timeout']);
    expect(answer.text).not.toMatch(/\bat .*\.(js|ts|java):\d/);
  });

  test('P6: a timeout of chunkedStdout leaves the status and is appended', async () => {
    const answer = await post(server, { data: python(counting, { outPutMode: 'chunkedStdout', timeoutMillis: 2000 }) });
    expect(answer.status).toBe(200);
    expect(answer.text).toMatch(new RegExp(`^${counted}ProcessTimeoutException: Process timeout\\n$`));
  });

  test('P7: a WebSocket session in which the program reads three lines of four', async () => {
    const script =
      'import sys, time\nfor _ in range(3):\n    sys.stdout.write(sys.stdin.readline().lower().strip())\n    sys.stdout.flush()\n    time.sleep(0.5)';
    const line = await interactive(server, python(script));
    const kinds = new Set<boolean>();
    line.socket.on('message', (_data, binary) => kinds.add(binary));
    for (const text of ['ONE\n', 'TWO\n', 'THREE\n', 'FOUR']) line.socket.send(text);
    expect(await line.closed).toEqual({ code: 1000, reason: '' });
    expect([Buffer.concat(line.frames).toString(), [...kinds]]).toEqual(['onetwothree', [true]]);
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
    await until(
      () => workFiles(server),
      (names) => names.length === 0,
    );
  });

  test.each([
    ['success', 'exit 0', {}, 200],
    ['failure', 'exit 3', {}, 400],
    ['timeout', 'while :; do sleep 0.1; done', { timeoutMillis: 3000 }, 400],
  ])('P8: after %s the whole process tree is gone', async (how, ending, more, status) => {
    const mark = `TREE${how}${process.pid}`;
    const stubborn = `trap "" TERM HUP; echo child up; while :; do sleep 0.1; done`;
    const script = `(setsid sh -c '${stubborn}' > up &); until [ -s up ]; do sleep 0.05; done; echo up; ${ending}`;
    const answer = await post(server, { data: shellCommand(script, { ...more, envs: { MARK: mark } }) });
    expect([answer.status, status === 200 ? answer.text : answer.json.stdout]).toEqual([status, 'up\n']);
    expect(await leftAfter(2000, () => marked(mark))).toEqual([]);
  });

  test('P8: when the caller goes away, the tree is gone soon and so is the work directory', async () => {
    const mark = `GONE${process.pid}`;
    const script = `trap '' TERM; touch left; (setsid sh -c 'trap "" TERM; while :; do sleep 0.1; done' &); echo up; while :; do sleep 0.1; done`;
    const { outgoing, first } = await chunkedRequest(server, shellCommand(script, { outputMode: 'chunkedStdout', envs: { MARK: mark } }));
    expect(await first).toBe('up\n');
    expect(marked(mark).length).toBeGreaterThan(1);
    outgoing.destroy();
    expect(await leftAfter(2000, () => marked(mark))).toEqual([]);
    await until(
      () => workFiles(server),
      (names) => names.length === 0,
    );
  });

  test('P8: when the caller goes away before a byte of stdout, too', async () => {
    const mark = `MUTE${process.pid}`;
    const { outgoing } = await chunkedRequest(server, shellCommand('sleep 60', { outputMode: 'stdout', envs: { MARK: mark } }));
    await until(
      () => marked(mark).length,
      (count) => count > 0,
    );
    outgoing.destroy();
    expect(await leftAfter(2000, () => marked(mark))).toEqual([]);
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

  test('io: all programs run at once', async () => {
    const count = 2 * availableParallelism() + 1;
    const answers = await Promise.all(Array.from({ length: count }, () => post(server, { data: python(stamps, { computation: 'io' }) })));
    expect(atOnce(spans(answers.map(({ text }) => text)))).toBe(count);
  });
});

describe('a timeout', () => {
  test('ends a program that ignores TERM within one more second', async () => {
    const begunMs = performance.now();
    const data = shellCommand("trap '' TERM; while :; do sleep 0.05; done", { timeoutMillis: 1000 });
    expect((await post(server, { data })).json.code).toBe('timeout');
    expect(performance.now() - begunMs).toBeLessThan(3000);
  });
});

describe('settings of the original', () => {
  test('DEFAULT_OUTPUT_DIR_NAME, PROCESS_TIMEOUT, WORK_DIR and LOG_LEVEL', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'procaas_workdir-'));
    chmodSync(folder, 0o755);
    const other = await startServer({ DEFAULT_OUTPUT_DIR_NAME: 'out', PROCESS_TIMEOUT: '1s', WORK_DIR: folder, LOG_LEVEL: 'error' });
    expect((await post(other, { data: shellCommand('pwd') })).text.startsWith(`${folder}/`)).toBe(true);
    expect((await post(other, { data: shellCommand('echo x > out/a', { outputMode: 'file' }) })).text).toBe('x\n');
    expect((await post(other, { data: shellCommand('sleep 30') })).json.code).toBe('timeout');
    await other.stop();
    rmSync(folder, { recursive: true });
  });

  test('COMPAT without process: its addresses are 404', async () => {
    const other = await startServer({ COMPAT: 'none' });
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
