// procreg run: a definition as a command of the shell, with its streams and its exit code.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestClient } from '../support/logged-in-client.js';
import { declared, needed, shell, store } from '../support/programs.js';
import { until } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';

const stdin = { input_adapter: { input_type: 'file', input_parameters: { file_type: 'stream', stream_name: 'STDIN' } } };
const noMessage = { input_adapter: { input_type: 'none' } };

const definitions = {
  cat: { exec: 'cat', ...stdin },
  say: { exec: 'echo', argv: ['${x}'], ...needed({ x: { type: 'string', enum: ['a', 'b', 'c'], description: 'what is said' } }) },
  typed: {
    exec: 'echo',
    argv: [['-n', '${timeout}'], { when: 'loud', args: ['loud'] }, { each: 'tags', args: ['tag=${tags}'] }],
    ...declared({
      timeout: { type: 'integer', default: 1 },
      loud: { type: 'boolean' },
      tags: { type: 'array', items: { type: 'string' } },
    }),
  },
  count: { exec: '/bin/sh', argv: ['-c', 'wc -c < "$1"', 'sh', '${f}'], ...needed({ f: { type: 'string', format: 'file' } }) },
  both: shell('echo out; echo err >&2; exit 3', noMessage),
  killed: shell('echo partial; kill -9 $$', noMessage),
  long: shell('sleep 30', { ...noMessage, timeout: 0.2 }),
  missing: { exec: '/no/such/program', ...noMessage },
  forever: shell('trap "echo stopped >&2; exit 0" TERM; echo begun; while :; do sleep 0.05; done', noMessage),
  endless: { exec: 'yes', ...noMessage },
  copied: { exec: 'cp', argv: ['${input_file}', '${output_file}'] },
  errors: shell('echo result >&2; echo other', {
    ...noMessage,
    output_adapter: { output_type: 'file', output_parameters: { file_type: 'stream', stream_name: 'STDERR' } },
  }),
};

let server: TestServer;
let client: TestClient;

beforeAll(async () => {
  server = await startServer();
  await server.user('seer:pw', 'viewer');
  client = new TestClient(server.url, await newToken('admin:secret'));
  await Promise.all(Object.entries(definitions).map(([name, definition]) => store(server, { ...definition, name, visibility: 'shared' })));
});

afterAll(async () => {
  await server.stop();
  client.remove();
});

async function newToken(login: string): Promise<string> {
  return (await server.send({ method: 'POST', path: '/api/token/', login, body: { name: 'test' } })).json.token;
}

describe('exit codes', () => {
  test.each([
    ['that of a program that succeeds', ['say', '--x', 'b'], [0, 'b\n', '']],
    ['that of a program that fails, with both streams', ['both'], [3, 'out\n', 'err\n']],
    ['128 + 9 for KILL, after the output', ['killed'], [137, 'partial\n', '']],
    ['124 at the timeout of the definition', ['long'], [124, '', expect.stringContaining('timeout')]],
    ['124 at an earlier timeout of the caller', ['--timeout', '0.1', 'forever'], [124, 'begun\n', expect.stringContaining('timeout')]],
    ['126 for a program that does not exist', ['missing'], [126, '', expect.stringContaining('/no/such/program')]],
    ['126 for a value that is not allowed', ['say', '--x', 'z'], [126, '', expect.stringContaining('invalid_parameters')]],
    ['126 for an unknown parameter', ['say', '--xx', 'a'], [126, '', expect.stringContaining('procreg run say --help')]],
    ['126 for a required one that is missing', ['say'], [126, '', expect.stringContaining('say needs --x')]],
    ['127 for an unknown definition', ['nope'], [127, '', expect.stringContaining("no definition 'nope'")]],
  ])('%s', async (_title, words, [code, out, err]) => {
    const said = await client.run(['run', ...words]);
    expect([said.code, said.out, said.err]).toEqual([code, out, err]);
  });

  test('126 for a viewer, and 125 where nothing listens', async () => {
    const viewer = await client.run(['run', 'both'], { environment: { PROCREG_TOKEN: await newToken('seer:pw') } });
    expect([viewer.code, viewer.err]).toEqual([126, expect.stringContaining('forbidden')]);
    const away = await client.run(['run', 'both'], { environment: { PROCREG_URL: 'http://127.0.0.1:1' } });
    expect([away.code, away.err]).toEqual([125, expect.stringContaining('nothing listens there')]);
  });
});

describe('parameters', () => {
  test('one called like an option of procreg, flags, lists and the help are those of the definition', async () => {
    const words = ['run', 'typed', '--timeout', '7', '--loud', '--tags', 'a', '--tags=b c'];
    expect((await client.run(words)).out).toBe('7 loud tag=a tag=b c');
    expect((await client.run(['run', 'typed', '--no-loud'])).out).toBe('1');
    const { out, code } = await client.run(['run', 'say', '--help']);
    expect([code, out]).toEqual([0, expect.stringMatching(/--x <string> {2}what is said \(required; one of a, b, c\)/)]);
  });

  test('a file is uploaded from its path, and what a run has left is named', async () => {
    writeFileSync(join(client.folder, 'five'), '12345');
    expect((await client.run(['run', 'count', '--f', 'five'])).out.trim()).toBe('5');
    expect((await client.run(['run', 'count', '--f', 'six'])).err).toBe('procreg: --f: six does not exist\n');
    const id = (await client.run(['run', '--async', 'say', '--x', 'a'])).out.trim();
    expect((await client.run(['wait', id])).code).toBe(0);
    expect((await client.run(['run', 'count', '--f', `run:${id}/output`])).out.trim()).toBe('2');
  });
});

describe('the message', () => {
  test('a loop that reads a list reads all of it, since a definition without a message leaves stdin alone', async () => {
    const said = await client.bash('while read x; do procreg run say --x $x; done', { stdin: 'a\nb\nc\n' });
    expect([said.code, said.out]).toEqual([0, 'a\nb\nc\n']);
  });

  test('a pipe, a file, the rest of a file that is read already, and none', async () => {
    writeFileSync(join(client.folder, 'lines'), 'one\ntwo\n');
    const script = `printf piped | procreg run cat; procreg run -i lines cat; { read first; procreg run cat; } < lines; echo x | procreg run -n cat`;
    expect((await client.bash(script)).out).toBe('pipedone\ntwo\ntwo\n');
  });

  test('8 MiB of a pipe and of a file come back as they were', async () => {
    const script =
      'head -c 8388608 /dev/urandom > sent; cat sent | procreg run cat | cmp - sent && procreg run -i sent -o copy copied && cmp copy sent';
    expect(await client.bash(script)).toMatchObject({ code: 0, out: '', err: '' });
  });
});

describe('the result', () => {
  test('is stderr where the definition says so', async () => {
    expect(await client.run(['run', 'errors'])).toMatchObject({ out: 'result\n', err: '' });
  });

  test('-o replaces a file only when the run has succeeded, and leaves nothing else behind', async () => {
    const [file, folder] = [join(client.folder, 'kept'), client.folder];
    writeFileSync(file, 'former');
    const failed = await client.run(['run', '-o', 'kept', 'both']);
    expect([failed.code, failed.err]).toEqual([3, 'err\nprocreg: kept is not written\n']);
    expect(readFileSync(file, 'utf8')).toBe('former');
    await client.run(['run', '-o', 'kept', 'say', '--x', 'c']);
    expect(readFileSync(file, 'utf8')).toBe('c\n');
    expect(readdirSync(folder).filter((name) => name.startsWith('.kept'))).toEqual([]);
  });

  test('--json prints the record in its place', async () => {
    expect(JSON.parse((await client.run(['run', '--json', 'both'])).out)).toMatchObject({ exit_code: 3, definition_name: 'both' });
  });

  test('the run is stopped, quietly, when its reader goes away', async () => {
    const { out, err } = await client.bash('procreg run endless | head -1; echo ${PIPESTATUS[0]}');
    expect([out, err]).toEqual(['y\n141\n', '']);
    await until(activeRuns, (count) => count === 0);
  });
});

async function activeRuns(): Promise<number> {
  return (await server.send({ path: '/api/run/?state=queued,starting,running,stopping' })).json.meta.total_count;
}

test('the help fits 80 columns, and a reader that goes away ends it quietly', async () => {
  const { out } = await client.run(['run', '--help']);
  expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
  expect(await client.bash('procreg run --help | head -1')).toMatchObject({
    out: expect.stringMatching(/^Usage: procreg run .*\n$/),
    err: '',
  });
});

describe('Ctrl-C', () => {
  test('stops the run, whose last words still come', async () => {
    const said = await client.run(['run', 'forever'], { spawned: (child) => child.stdout?.once('data', () => child.kill('SIGINT')) });
    expect([said.code, said.out]).toEqual([130, 'begun\n']);
    expect(said.err).toMatch(/stopping run .*stopped\n/s);
    expect(await activeRuns()).toBe(0);
  });

  test('twice leaves the run, and says which one', async () => {
    await store(server, { ...shell('trap "" TERM; echo begun; sleep 3', { ...noMessage, stop: { grace: 2 } }), name: 'stubborn' });
    const said = await client.run(['run', 'stubborn'], {
      spawned: (child) =>
        child.stdout?.once('data', async () => {
          child.kill('SIGINT');
          await sleep(300);
          child.kill('SIGINT');
        }),
    });
    expect([said.code, said.err]).toEqual([130, expect.stringMatching(/left run [0-9a-f-]{36} on /)]);
  });
});
