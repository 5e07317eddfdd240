// What execute/ answers when a program has ended well: its output, from wherever the definition says, with type and headers.
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { execute, failure, shell, shellWith } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

const fileOutput = (output_parameters: object) => ({ output_adapter: { output_type: 'file', output_parameters } });
const stdout = (more: object) => fileOutput({ file_type: 'stream', stream_name: 'STDOUT', ...more });
const folderOutput = (format: string) => ({
  output_adapter: { output_type: 'directory', output_parameters: { directory: 'output', format } },
});
/** A program that writes `text` to the path in its first argument. */
const toOutputFile = (text: string) => shellWith(`printf '${text}' > "$1"`, ['${output_file}']);
const octets = 'application/octet-stream';
const utf8 = 'text/plain; charset=utf-8';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server.stop());

describe('a program that ends well', () => {
  test('is answered with its output, the address of the output, the id of the run and its exit code', async () => {
    const answer = await execute(server, { exec: '/usr/bin/tr', argv: ['-d', 'x'] }, { body: 'axbxc' });
    const { 'run-id': id, 'content-location': location, 'exit-code': exitCode, 'content-length': length } = answer.headers;
    expect([answer.status, answer.text, exitCode, length]).toEqual([200, 'abc', '0', '3']);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(location).toBe(`/api/run/${id}/output/`);
    expect((await server.send({ path: location as string })).text).toBe('abc');
  });

  const typed: [string, object, string, string][] = [
    ['UTF-8 on STDOUT', shell("printf 'k\\303\\244se'"), '', utf8],
    ['nothing on STDOUT', { exec: '/bin/true' }, '', utf8],
    ['bytes on STDOUT that are no UTF-8', shell("printf '\\377\\376'"), '', octets],
    ['the content_type of the adapter', shell('echo "<svg/>"', stdout({ content_type: 'image/svg+xml' })), '', 'image/svg+xml'],
    ['the extension of the adapter', shell('echo {}', stdout({ extension: '.json' })), '', 'application/json'],
    [
      'content_type before extension',
      shell('echo {}', stdout({ extension: 'json', content_type: 'application/geo+json' })),
      '',
      'application/geo+json',
    ],
    ['output_file=a.mp3 of the request', toOutputFile('x'), '?output_file=a.mp3', 'audio/mpeg'],
    ['output_file=a.mp3 where the output is STDOUT', shell('echo x'), '?output_file=a.mp3', 'audio/mpeg'],
    ["the extension of the output's own path", shell('echo x > a.pdf', fileOutput({ file_path: 'a.pdf' })), '', 'application/pdf'],
    ['a file without an extension, though it holds UTF-8', shell('echo x > a', fileOutput({ file_path: 'a' })), '', octets],
    ['a file with an unknown extension', shell('echo x > a.qqq', fileOutput({ file_path: 'a.qqq' })), '', octets],
  ];
  for (const [what, definition, query, type] of typed) {
    test(`the Content-Type for ${what} is ${type}`, async () => {
      const answer = await execute(server, definition, { query });
      expect([answer.status, answer.headers['content-type']]).toEqual([200, type]);
      expect((await server.send({ path: answer.headers['content-location'] as string })).headers['content-type']).toBe(type);
    });
  }

  test('STDERR can be the output', async () => {
    const stderr = fileOutput({ file_type: 'stream', stream_name: 'STDERR' });
    expect((await execute(server, shell('echo out; echo err >&2', stderr))).text).toBe('err\n');
  });

  test('without an output the answer is the run as JSON', async () => {
    const answer = await execute(server, shell('echo unseen', { output_adapter: { output_type: 'none' } }));
    expect([answer.status, answer.headers['content-type'], answer.headers['exit-code']]).toEqual([200, 'application/json', '0']);
    expect(answer.json).toMatchObject({ id: answer.headers['run-id'], state: 'finished', end_reason: 'exit', success: true, output: null });
  });

  test('success_exit_codes say which exit codes count as success', async () => {
    const answer = await execute(server, shell('echo grep found nothing; exit 1', { success_exit_codes: [0, 1] }));
    expect([answer.status, answer.headers['exit-code'], answer.text]).toEqual([200, '1', 'grep found nothing\n']);
    await failure(server, 'exit', shell('exit 0', { success_exit_codes: [1] }));
  });
});

describe('files as output', () => {
  test('${output_file} is a path with the name or the extension that the request wants', async () => {
    const definition = shellWith('basename "$1" > "$1"', ['$<output_file>']);
    expect((await execute(server, definition, { query: '?output_file=song.mp3' })).text).toBe('song.mp3\n');
    expect((await execute(server, definition, { headers: { accept: 'audio/mpeg' } })).text).toMatch(/^[^.]+\.mp3\n$/);
  });

  test('${input_file} has the name or the extension that the request wants, and holds the message', async () => {
    const definition = shellWith('basename "$1"; cat "$1"', ['${input_file}']);
    expect((await execute(server, definition, { query: '?input_file=in.wav', body: 'hi' })).text).toBe('in.wav\nhi');
    expect((await execute(server, definition, { headers: { 'content-type': 'image/png' }, body: 'hi' })).text).toMatch(/^[^.]+\.png\nhi$/);
  });

  test.each(['file_path', 'file'])('a path from the cwd can be the output (%s)', async (key) => {
    const answer = await execute(server, shell('mkdir sub; echo left > sub/a.out', fileOutput({ [key]: 'sub/a.out' })));
    expect([answer.status, answer.text]).toEqual([200, 'left\n']);
  });

  test('a folder is answered as a zip with its files', async () => {
    const answer = await execute(
      server,
      shell('cd output; mkdir b; printf 1 > a; printf 22 > b/c; ln -s /etc/passwd link', folderOutput('zip')),
    );
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/zip']);
    const unzip =
      'import io, json, sys, zipfile\nz = zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read()))\nprint(json.dumps({n: z.read(n).decode() for n in z.namelist() if n[-1] != "/"}))';
    expect(JSON.parse(execFileSync('python3', ['-c', unzip], { input: answer.bytes, encoding: 'utf8' }))).toEqual({ a: '1', 'b/c': '22' });
  });

  test('a folder is answered as the only file in it', async () => {
    const answer = await execute(server, shell('printf x > output/only.pdf', folderOutput('file')));
    expect([answer.status, answer.headers['content-type'], answer.text]).toEqual([200, 'application/pdf', 'x']);
  });

  test.each(['true', 'touch output/a output/b'])('no file, or two, where one is expected is an output_error (%s)', async (script) => {
    await failure(server, 'output_error', shell(script, folderOutput('file')));
  });
});

describe('what a program leaves in place of its output is never followed and never waited for', () => {
  const replaceFolder = 'folder=$(dirname "$0"); rmdir "$folder"; ln -s /etc "$folder"';
  const traps: [string, object][] = [
    ['a link to a file', shell('ln -s /etc/passwd out', fileOutput({ file_path: 'out' }))],
    ['a link as ${output_file}', { exec: '/bin/ln', argv: ['-s', '/etc/passwd', '${output_file}'] }],
    ['a FIFO', shell('mkfifo out', fileOutput({ file_path: 'out' }))],
    ['a FIFO as ${output_file}', { exec: '/usr/bin/mkfifo', argv: ['${output_file}'] }],
    ['a folder', shell('mkdir out', fileOutput({ file_path: 'out' }))],
    ['a path through a linked folder', shell('ln -s /etc sub', fileOutput({ file_path: 'sub/passwd' }))],
    ['a linked folder where ${output_file} was to be', { exec: '/bin/sh', argv: ['-c', replaceFolder, '${output_file}'] }],
    ['a link to a folder', shell('rmdir output; ln -s /etc output', folderOutput('zip'))],
    ['a FIFO in a folder for one file', shell('mkfifo output/a', folderOutput('file'))],
    ['a link in a folder for one file', shell('ln -s /etc/passwd output/a', folderOutput('file'))],
  ];
  for (const [what, definition] of traps) {
    test(`${what} is an output_error`, { timeout: 5000 }, async () => {
      const { text } = await failure(server, 'output_error', definition, { query: '?output_file=passwd' });
      expect(text).not.toContain('root:');
    });
  }
});

describe('names in the query', () => {
  const names = ['..', '.', '', 'a/b', '../a', '%2e%2e%2fa', 'a%00b', 'a%5Cb', 'a%0Ab', 'x'.repeat(256)];
  test.each(names)('%j is 400 as input_file and as output_file', async (name) => {
    for (const key of ['input_file', 'output_file']) {
      const { status, json } = await execute(
        server,
        { exec: '/bin/cp', argv: ['${input_file}', '${output_file}'] },
        { query: `?${key}=${name}`, body: 'x' },
      );
      expect([status, json.code]).toEqual([400, 'invalid_request']);
    }
  });
});
