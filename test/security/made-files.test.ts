// An author whose definition names a cwd that leads out of the run's own directory: the server creates no file there for it.
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isRoot, ordinary } from '../support/hostile.js';
import { declared, defined, shell } from '../support/programs.js';
import { type ServerOptions, startServer, type TestServer } from '../support/server.js';

const ann = 'ann:ann-password';
const grounds: [string, ServerOptions][] = [
  ...(isRoot ? [['a server of root', {}] as [string, ServerOptions]] : []),
  ['a server of an ordinary user', ordinary],
];

const path = 'sub/evil';
const input = (input_type: string, input_parameters: object) => ({ input_adapter: { input_type, input_parameters } });
const output = (output_type: string, output_parameters: object) => ({ output_adapter: { output_type, output_parameters } });
const standardInput = input('file', { file_type: 'stream', stream_name: 'STDIN' });
const adapters: [string, object, string][] = [
  ['file in', input('file', { file_path: path }), 'input_error'],
  ['append in', input('append', { file_path: path }), 'input_error'],
  ['pipe in', input('pipe', { pipe_path: path }), 'input_error'],
  ['pipe out', output('pipe', { pipe_path: path }), 'output_error'],
  ['directory out', output('directory', { directory: path }), 'output_error'],
];

describe.each(grounds)('%s', (_who, options) => {
  let server: TestServer;
  /** Where nobody but the user of the server may write. */
  const closed = mkdtempSync(join(tmpdir(), 'procreg-closed-'));
  const target = join(closed, 'target');
  beforeAll(async () => {
    server = await startServer({}, options);
    await server.user(ann, 'author');
    mkdirSync(target);
    symlinkSync(target, join(closed, 'link'));
    for (const folder of [closed, target]) {
      chmodSync(folder, 0o755);
      if (options.uid !== undefined) chownSync(folder, options.uid, options.uid);
    }
  });
  afterAll(async () => {
    await server.stop();
    rmSync(closed, { recursive: true });
  });

  const run = async (cwd: string, adapter: object, query = '') => {
    const content = shell('true', { cwd, timeout: 10, ...declared({ way: { type: 'string' } }), ...standardInput, ...adapter });
    const path = `${await defined(server, content, ann)}execute/${query}`;
    const answer = await server.send({ method: 'POST', path, login: ann, body: 'evil' });
    return [answer.status, answer.json.code, ...readdirSync(target)];
  };

  test.each(adapters)('%s: a cwd that leads out of the work directory is refused', async (_what, adapter, code) => {
    expect(await run(`\${workdir}${'/..'.repeat(20)}${target}`, adapter)).toEqual([422, code]);
    for (const way of [target, join(closed, 'link')]) expect(await run('${way}', adapter, `?way=${way}`)).toEqual([422, code]);
  });

  test.each(adapters)('%s: a cwd next to the work directory is refused', async (_what, adapter, code) => {
    expect(await run('${workdir}/../tmp', adapter)).toEqual([422, code]);
  });

  test("a cwd that is a roundabout path to the run's own directory is accepted", async () => {
    const content = {
      ...shell('cat sub/in; pwd', { cwd: ['${workdir}', '..', 'work', '.'].join('/') }),
      ...input('file', { file_path: 'sub/in' }),
    };
    const answer = await server.send({ method: 'POST', path: `${await defined(server, content, ann)}execute/`, login: ann, body: 'well ' });
    expect(answer.status, answer.text).toBe(200);
    expect(answer.text).toMatch(/^well \/.*\/work\n$/);
  });
});
