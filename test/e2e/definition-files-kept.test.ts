// The files of a definition stay with it: in revisions on every database, in backups, over restarts of the server and of services.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases, newDatabase } from '../support/databases.js';
import { servedRoutes } from '../support/owned.js';
import { defined } from '../support/programs.js';
import { crash, endOf, next, running } from '../support/restarts.js';
import { runRole } from '../support/role.js';
import { pathsOf } from '../support/run-files.js';
import { startServer, type TestServer } from '../support/server.js';
import { messagesOf, once, say, startService, texts } from '../support/services.js';

const data = (fill: number) => ({ base64: Buffer.alloc(2 ** 20 - 100, fill).toString('base64') });
const script = '#!/bin/sh\necho "$TEXT"; head -c 1 data; wc -c < data\n';
/** Its output names the version. */
const version = (letter: string) => ({
  exec: './show.sh',
  files: { 'show.sh': script, data: data(letter.charCodeAt(0)) },
  environment: { TEXT: `secret of ${letter}` },
  visibility: 'shared',
});
const saying = (letter: string) => `secret of ${letter}\n${letter}${2 ** 20 - 100}\n`;

describe.each(databases)('on %s', (database) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(await newDatabase(database));
    await server.user('ann:pw', 'runner');
  });
  afterAll(() => server.stop());

  test('a former version comes back with its files, and those who may run it read them without the environment', async () => {
    const path = await defined(server, version('a'));
    const send = (method: string, to: string, body?: unknown) => server.send({ method, path: `${path}${to}`, login: 'ann:pw', body });
    expect((await server.send({ method: 'PUT', path, body: { definition: version('b') } })).status).toBe(204);
    expect((await send('POST', 'execute/')).text).toBe(saying('b'));
    expect((await server.send({ method: 'POST', path: `${path}revisions/1/restore/` })).status).toBe(200);
    expect((await send('POST', 'execute/')).text).toBe(saying('a'));
    for (const [to, letter] of [
      ['', 'a'],
      ['revisions/1/', 'a'],
      ['revisions/2/', 'b'],
      ['revisions/3/', 'a'],
    ]) {
      const { definition } = (await send('GET', to)).json;
      expect(definition, to).toEqual({ ...version(letter), environment: { TEXT: '***' } });
    }
  });

  test('every route that takes definitions takes 1 MiB of files, and no larger rest', async () => {
    const { json } = await server.send({ path: '/docs-json', login: '' });
    const taking = (await servedRoutes(server)).filter(({ method, path, takesJson }) => {
      const schema = takesJson && json.paths[path][method.toLowerCase()].requestBody.content['application/json'].schema;
      return schema && /Definition\w*Body"|"exec":/.test(JSON.stringify(schema));
    });
    const names = taking.map(({ name }) => name).sort();
    expect(names).toEqual([
      'PATCH /api/process_definition/',
      'PATCH /api/process_definition/{ref}/',
      'POST /api/process_definition/',
      'POST /api/process_definition/validate/',
      'POST /api/run/',
      'PUT /api/process_definition/',
      'PUT /api/process_definition/{ref}/',
    ]);
    await server.user('eve:pw', 'author');
    for (const { name, method, path } of taking) {
      const answers = [{ files: { a: data(1), b: '\u0001'.repeat(90) } }, { description: 'x'.repeat(2 ** 20) }].map((more) => {
        const definition = { exec: '/bin/true', ...more };
        const body =
          path === '/api/run/'
            ? definition
            : /\{ref\}|validate/.test(path) || method === 'POST'
              ? { definition }
              : { objects: [{ definition }] };
        return server.send({ method, path: path.replace('{ref}', 'mine'), login: 'eve:pw', body });
      });
      const [small, large] = await Promise.all(answers);
      expect([name, small.status < 300 || small.status === 404, large.status], small.text).toEqual([name, true, 413]);
    }
  });
});

test('a backup has the files of all versions', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'procreg-files-backup-'));
  const archive = join(folder, 'registry.tar');
  const server = await startServer();
  const path = await defined(server, version('a'));
  await server.send({ method: 'PUT', path, body: { definition: version('b') } });
  expect(await runRole(['backup', archive], { DATA_DIR: server.dataDir })).toMatchObject({ code: 0 });
  await server.stop();
  const dataDir = join(folder, 'restored');
  expect(await runRole(['restore', archive], { DATA_DIR: dataDir })).toMatchObject({ code: 0 });
  const restored = await startServer({}, { dataDir });
  const run = async () => (await restored.send({ method: 'POST', path: `${path}execute/` })).text;
  expect(await run()).toBe(saying('b'));
  await restored.send({ method: 'POST', path: `${path}revisions/1/restore/` });
  expect(await run()).toBe(saying('a'));
  await restored.stop({ keep: true });
  rmSync(folder, { recursive: true });
});

describe.concurrent('over kill -9 of the server', { timeout: 60_000 }, () => {
  test.each(['pidns', 'process'])('at %s a run keeps its files, a waiting one gets its own, and neither leaves them', async (ISOLATION) => {
    const settings = { ISOLATION, LANES: 'io=1' };
    const first = await startServer(settings);
    const files = { 'run.sh': '#!/bin/sh\ntouch begun; while [ ! -e go ]; do sleep 0.05; done; cat lib/data\n', 'lib/data': 'kept' };
    const run = await running(first, { exec: './run.sh', files });
    await once(first, run, ({ state }) => state === 'running');
    const body = {
      definition: await defined(first, { exec: './now.sh', files: { 'now.sh': '#!/bin/sh\ncat data > made; cat data\n', data: 'new' } }),
    };
    const waiting = (await first.send({ method: 'POST', path: '/api/run/', body })).json.resource_uri;
    await crash(first);
    const server = await next(first, settings);
    expect((await server.send({ method: 'PUT', path: `${run}files/run.sh`, body: 'x' })).status).toBe(400);
    expect((await server.send({ method: 'PUT', path: `${run}files/go`, body: '' })).status).toBe(201);
    for (const [path, output, left] of [
      [run, 'kept', ['begun', 'go']],
      [waiting, 'new', ['made']],
    ] as const) {
      expect(await endOf(server, path)).toMatchObject({ end_reason: 'exit', exit_code: 0, attempt: 1 });
      expect((await server.send({ path: `${path}output/` })).text).toBe(output);
      expect(await pathsOf(server, path)).toEqual(left);
    }
    await server.stop();
  });

  test('a service finds its files again at each start', async () => {
    const first = await startServer();
    const files = {
      'serve.sh': '#!/bin/sh\nwhile read -r line; do cat lib/word; [ "$line" = end ] && exit 3; done\n',
      'lib/word': 'word\n',
    };
    const restart = { backoff: 0.1 };
    const { definition, run } = await startService(first, { exec: './serve.sh', files, restart, process_type: 'service' });
    await say(first, definition, 'end');
    await once(first, run, ({ ready, attempt }) => ready && attempt === 2);
    await say(first, definition, 'one');
    await messagesOf(first, run, { count: 2 });
    await crash(first);
    const server = await next(first);
    await say(server, definition, 'end');
    await once(server, run, ({ ready, attempt }) => ready && attempt === 3);
    await say(server, definition, 'two');
    expect(texts(await messagesOf(server, run, { count: 4 }))).toEqual(Array(4).fill('word\n'));
    await server.send({ method: 'POST', path: `${run}stop/` });
    expect(await endOf(server, run)).toMatchObject({ end_reason: 'stop' });
    expect(await pathsOf(server, run)).toEqual([]);
    await server.stop();
  });
});
