// Files that callers send: as the values of parameters, as the message, and into the work directory.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { multipart } from '../support/http.js';
import { declared, execute, needed, refused, shell, shellWith } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server.stop());

describe('files', () => {
  const lut = { type: 'string', format: 'file' };

  test('a file part named like a file parameter is its value: a path with its name and contents', async () => {
    const definition = shellWith('basename "$1"; cat "$1"', ['${lut}'], needed({ lut }));
    expect((await execute(server, definition, await multipart([['lut', new File(['cube'], 'my lut.cube')]]))).text).toBe(
      'my lut.cube\ncube',
    );
  });

  test('a file parameter is never a path that the caller names', async () => {
    const definition = shellWith('cat "$1"', ['${lut}'], needed({ lut }));
    expect(await refused(server, 'lut', definition, { query: '?lut=/etc/passwd' })).toContain('multipart');
    await refused(server, 'lut', definition, await multipart([['lut', '/etc/passwd']]));
    expect((await execute(server, definition, { body: { lut: '/etc/passwd' } })).status).toBe(400);
  });

  test('one other file is the message, and the rest go into the work directory under their names', async () => {
    const definition = shell('cat; ls; cat b.txt');
    const form = await multipart([
      ['message', new File(['hello\n'], 'm')],
      ['x', new File(['bee'], 'b.txt')],
      ['y', new File(['sea'], 'c.txt')],
    ]);
    expect((await execute(server, definition, form)).text).toBe('hello\nb.txt\nc.txt\nbee');
    expect((await execute(server, shell('ls', declared({})), form)).text).toBe('b.txt\nc.txt\nm\n');
  });

  test.each(['../x', 'a/b', '..', '/etc/x'])('a file named %s is 400', async (name) => {
    const answer = await execute(server, shell('ls', declared({})), await multipart([['x', new File(['x'], name)]]));
    expect([answer.status, answer.json.code]).toEqual([400, 'invalid_request']);
  });
});
