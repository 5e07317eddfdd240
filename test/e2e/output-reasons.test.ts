// What is said when a program's output cannot be collected: what is there instead, never that it is missing.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failure, shell } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server.stop();
});

const output_adapter = (output_type: string, output_parameters: object) => ({ output_adapter: { output_type, output_parameters } });
const reason = async (script: string, adapter: object) => (await failure(server, 'output_error', shell(script, adapter))).json.error;

describe('the file of an output', () => {
  test.each<[string, string, string]>([
    ['there is none', 'true', "the program left no file 'work/sub/out'"],
    ['its folder has none', 'mkdir sub', "the program left no file 'work/sub/out'"],
    ['it is a folder', 'mkdir -p sub/out', "'work/sub/out' is a folder, not a regular file"],
    ['it is a named pipe', 'mkdir sub; mkfifo sub/out', "'work/sub/out' is a named pipe, not a regular file"],
    [
      'it is a socket',
      `mkdir sub; cd sub; python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("out")'`,
      "'work/sub/out' is a socket",
    ],
    ['it is a link', 'mkdir sub; echo x > real; ln -s ../real sub/out', "'work/sub/out' is a symbolic link, which is not followed"],
    ['it is a dangling link', 'mkdir sub; ln -s nowhere sub/out', "'work/sub/out' is a symbolic link, which is not followed"],
    ['its folder is a link', 'mkdir real; echo x > real/out; ln -s real sub', "'work/sub' is a symbolic link, which is not followed"],
    ['its folder is a file', 'echo x > sub', "'work/sub' is a file, not a folder"],
  ])('when %s', async (_what, script, sentence) => {
    expect(await reason(script, output_adapter('file', { file_path: 'sub/out' }))).toBe(sentence);
  });
});

describe('the folder of an output', () => {
  test.each<[string, string, string]>([
    ['there is none', 'rmdir out', "the program left no folder 'work/out'"],
    ['it is a file', 'rmdir out; echo x > out', "'work/out' is a file, not a folder"],
    ['it is a link', 'mv out real; ln -s real out', "'work/out' is a symbolic link, which is not followed"],
    ['it is empty', 'true', "the program left nothing in 'out'"],
  ])('when %s', async (_what, script, sentence) => {
    expect(await reason(script, output_adapter('directory', { directory: 'out' }))).toBe(sentence);
  });
});

test('a folder whose second file is too large ends the run with that reason', async () => {
  const adapter = output_adapter('directory', { directory: 'out' });
  const more = { ...adapter, limits: { output_bytes: 1000 } };
  const { json } = await failure(server, 'output_limit', shell('head -c 600 /dev/zero > out/a; cp out/a out/b', more));
  expect(json.error).toMatch(/^the output is larger than the run may write; the limit was reached at '[ab]'$/);
});

test('a file of a run that cannot be read is not said to be missing', async () => {
  const { json } = await server.send({ method: 'POST', path: '/api/run/', body: shell('mkdir folder; ln -s folder link; mkfifo pipe') });
  await server.send({ path: `${json.resource_uri}wait/` });
  const said = async (name: string) => (await server.send({ path: `${json.resource_uri}files/${name}` })).json.error;
  expect(await said('none')).toBe("the run has no file 'none'");
  expect(await said('folder')).toContain('is a folder, not a regular file');
  expect(await said('link')).toContain('is a symbolic link, which is not followed');
  expect(await said('pipe')).toContain('is a named pipe');
});
