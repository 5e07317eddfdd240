// What glot's code-runner and coderunner-service answer to the requests of their own tests.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bash, type Coder, file, newCoder } from '../support/code.js';
import type { Answer } from '../support/http.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let run: Coder;

beforeAll(async () => {
  server = await startServer({ RUN_MAX_EXECUTION_TIME: '3' });
  run = await newCoder(server);
});
afterAll(async () => {
  await server.stop();
});

const ended = ({ status, json }: Answer) => [status, json.stdout, json.stderr, json.error];

describe('code-runner', () => {
  const rows: [string, object, [string, string, string]][] = [
    ['stdout and stderr are apart', bash('echo hi; echo e >&2'), ['hi\n', 'e\n', '']],
    ['a program that exits 3 keeps what it wrote', bash('echo hi; echo e >&2; exit 3'), ['hi\n', 'e\n', 'Exit code: 3']],
    [
      'a child that a signal killed',
      bash("sh -c 'kill -9 $$'; exit $?"),
      ['', expect.stringContaining('Killed') as unknown as string, 'Exit code: 137'],
    ],
    ['a program that a signal killed', bash('kill -SEGV $$'), ['', '', 'Exit code: 139']],
    ['a program that a realtime signal killed', bash('kill -40 $$'), ['', '', 'Exit code: 168']],
    ['stdin is written and ended', bash('cat; echo over', { stdin: '42' }), ['42over\n', '', '']],
    ['without stdin it has ended already', bash('cat; echo over'), ['over\n', '', '']],
    ['a long stdin arrives whole', bash('wc -c', { stdin: 'x'.repeat(300_000) }), ['300000\n', '', '']],
    ['command replaces build and run', bash('echo $1', { command: 'bash main.sh 42' }), ['42\n', '', '']],
    ['an empty command is none', bash('echo hi', { command: '' }), ['hi\n', '', '']],
    ['an unknown command', bash('echo hi', { command: 'nosuchcmd' }), ['', 'sh: 1: nosuchcmd: not found\n', 'Exit code: 127']],
    [
      'a build step that fails is not followed by the program',
      { language: 'c', files: [file('main.c', 'int main() { return }')] },
      ['', expect.stringContaining('main.c:1') as unknown as string, 'Exit code: 1'],
    ],
    [
      'the current directory is that of the files, and holds nothing else',
      { language: 'bash', files: [file('main.sh', 'find . -type f | sort'), file('data/a.txt', 'a'), file('b.txt', '')] },
      ['./b.txt\n./data/a.txt\n./main.sh\n', '', ''],
    ],
    [
      'a command may build and use every file',
      { language: 'c', files: [file('main.c', 'int x;'), file('other.sh', 'echo $0 $1')], command: 'sh other.sh 1 && exit 4' },
      ['other.sh 1\n', '', 'Exit code: 4'],
    ],
    ['files in folders', { language: 'bash', files: [file('main.sh', 'cat sub/dir/x'), file('sub/dir/x', 'deep')] }, ['deep', '', '']],
    [
      'the first file is the main one, the others lie next to it',
      { language: 'python', files: [file('main.py', 'import other; print(other.value)'), file('other.py', 'value = 7')] },
      ['7\n', '', ''],
    ],
    [
      'further files of the language are built in',
      {
        language: 'c',
        files: [file('main.c', 'int seven(void); int main() { return seven(); }'), file('seven.c', 'int seven(void) { return 7; }')],
      },
      ['', '', 'Exit code: 7'],
    ],
    [
      'a syntax error is told on stderr',
      { language: 'python', files: [file('main.py', 'print(2 + )')] },
      ['', expect.stringContaining('SyntaxError') as unknown as string, 'Exit code: 1'],
    ],
    [
      'custom instructions in place of a language',
      {
        runInstructions: { buildCommands: ['echo built > note', 'true'], runCommand: 'cat note main.txt -' },
        files: [file('main.txt', 'main ')],
        stdin: 'in',
      },
      ['built\nmain in', '', ''],
    ],
    [
      'build instructions that fail are the end',
      { runInstructions: { buildCommands: ['exit 9'], runCommand: 'echo ran' }, files: [file('a', 'b')] },
      ['', '', 'Exit code: 9'],
    ],
    [
      'names that sh would read otherwise are names',
      { language: 'bash', files: [file('$(touch x) ${y}.sh', 'echo $0')] },
      ['$(touch x) ${y}.sh\n', '', ''],
    ],
    ['a name that begins with a dash is not taken for an option', { language: 'python', files: [file('-c', 'print(1)')] }, ['1\n', '', '']],
  ];

  test.each(rows)('%s', async (_what, payload, expected) => {
    expect(ended(await run(payload))).toEqual([200, ...expected]);
  });

  test.each(['stdout', 'stderr'])('%s that is not UTF-8 is given as code-runner gives it', async (stream) => {
    const [bad, good] = stream === 'stdout' ? [1, 2] : [2, 1];
    const { status, json } = await run(bash(`printf 'ab\\377c' >&${bad}; echo ä >&${good}`));
    expect([status, json[stream], json[stream === 'stdout' ? 'stderr' : 'stdout'], json.error]).toEqual([
      200,
      '',
      'ä\n',
      `Error in output from command. Failed to read ${stream}. invalid utf-8 sequence of 1 bytes from index 2`,
    ]);
  });

  test.each([
    ['an unknown language', { language: 'brainfork', files: [file('a', 'b')] }, 400, 'language.unknown'],
    ['a language whose tools are missing', { language: 'ats', files: [file('a.dats', 'b')] }, 400, 'language.unavailable'],
  ])('%s is a 400 that says so, and runs nothing', async (_what, payload, status, error) => {
    const before = (await server.send({ path: '/api/run/' })).json.meta.total_count;
    const answer = await run(payload);
    expect([answer.status, answer.json.error]).toEqual([status, error]);
    expect((await server.send({ path: '/api/run/' })).json.meta.total_count).toBe(before);
  });

  test('the 400 of a missing tool names it', async () => {
    expect((await run({ language: 'ats', files: [file('a.dats', 'b')] })).json.message).toContain('patscc');
  });

  const refused: [string, object, (string | number)[]][] = [
    ['no files', { language: 'bash', files: [] }, ['files']],
    ['files that are missing', { language: 'bash' }, ['files']],
    ['an empty first file', { language: 'bash', files: [file('a', '')] }, ['files', 0, 'content']],
    ['an empty name', { language: 'bash', files: [file('', 'x')] }, ['files', 0, 'name']],
    ['a name that leads out', { language: 'bash', files: [file('../x', 'x')] }, ['files', 0, 'name']],
    ['an absolute name', { language: 'bash', files: [file('/tmp/x', 'x')] }, ['files', 0, 'name']],
    ['a name twice', { language: 'bash', files: [file('a', 'x'), file('a', 'y')] }, ['files', 1, 'name']],
    ['a file where a folder is', { language: 'bash', files: [file('a/b', 'x'), file('a', 'y')] }, ['files', 1, 'name']],
    ['a folder where a file is', { language: 'bash', files: [file('a', 'x'), file('a/b', 'y')] }, ['files', 1, 'name']],
    ['null content', { language: 'bash', files: [{ name: 'a', content: null }] }, ['files', 0, 'content']],
  ];

  test.each(refused)('%s is a 422, and runs nothing', async (_what, payload, place) => {
    const before = (await server.send({ path: '/api/run/' })).json.meta.total_count;
    const { status, json } = await run(payload);
    expect([status, json.detail[0].loc]).toEqual([422, ['body', 'payload', ...place]]);
    expect((await server.send({ path: '/api/run/' })).json.meta.total_count).toBe(before);
  });
});

describe('coderunner-service', () => {
  test('POST /api_v1/run gives the result that the original drops', async () => {
    expect(ended(await run(bash('cat', { stdin: 'kept' }), { path: '/api_v1/run' }))).toEqual([200, 'kept', '', '']);
  });

  test('an empty object is a 422 in FastAPI’s form', async () => {
    const { json, status } = await server.send({ method: 'POST', path: '/api_v1/run', body: {} });
    expect([status, json]).toEqual([
      422,
      {
        detail: [
          { loc: ['body', 'image'], msg: 'field required', type: 'value_error.missing' },
          { loc: ['body', 'payload'], msg: 'field required', type: 'value_error.missing' },
        ],
      },
    ]);
  });

  test.each(['/api_v1/run', '/run'])('bad JSON is a 422 value_error.jsondecode (%s)', async (path) => {
    const { status, json } = await server.send({ method: 'POST', path, body: '{"image"' });
    expect([status, json.detail[0].type, json.detail[0].loc[0]]).toEqual([422, 'value_error.jsondecode', 'body']);
    const { json: second } = await server.send({ method: 'POST', path: '/api_v1/run', body: '{"image":\n  "glot", x}' });
    expect(second.detail).toEqual([{ loc: ['body', 11], msg: 'invalid symbol at line 2', type: 'value_error.jsondecode' }]);
  });

  test('GET is a 405', async () => {
    expect((await server.send({ path: '/api_v1/run' })).status).toBe(405);
  });

  test('code that takes too long is not run again', async () => {
    const { json } = await run(bash('sleep 60'), { path: '/api_v1/run' });
    expect((await server.send({ path: json.run })).json).toMatchObject({ attempt: 1, end_reason: 'timeout' });
  });

  test('a viewer may not run code, and an admin’s code is in the sandbox as well', async () => {
    await server.user('vera:pw', 'viewer');
    const body = { image: 'x', payload: bash('echo $0') };
    const { status, json } = await server.send({ method: 'POST', path: '/run', login: 'vera:pw', body });
    expect([status, json.error]).toEqual([403, 'forbidden']);
    expect((await server.send({ method: 'POST', path: '/run', body })).json).toMatchObject({ error: '', isolation: 'sandbox' });
  });
});
