// The commands about runs: ps, show, logs, wait, stop, rerun, rm, cp.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestClient } from '../support/logged-in-client.js';
import { declared, shell, store } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

const noMessage = { input_adapter: { input_type: 'none' } };

const definitions = {
  tree: shell('mkdir -p a/b; echo 1 > a/b/one; echo 2 > a/two; echo 3 > top; echo result; echo remark >&2; exit 2', noMessage),
  'sleep-30': { exec: 'sleep', argv: ['30'], ...noMessage },
  say: { exec: 'echo', argv: [['${x}'], ['${y}']], ...declared({ x: { type: 'string' }, y: { type: 'string' } }) },
  hostile: { exec: 'true', argv: ['\u001b[2J\u001b]0;title\u0007'], ...noMessage },
};

let server: TestServer;
let client: TestClient;
const ids: Record<string, string> = {};

beforeAll(async () => {
  server = await startServer();
  const { token } = (await server.send({ method: 'POST', path: '/api/token/', body: { name: 'test' } })).json;
  client = new TestClient(server.url, token);
  await Promise.all(Object.entries(definitions).map(([name, definition]) => store(server, { ...definition, name })));
  for (const name of ['tree', 'hostile', 'sleep-30']) {
    ids[name] = (await client.run(['run', '--async', name])).out.trim();
    if (name !== 'sleep-30') await client.run(['wait', ids[name]]);
  }
});

afterAll(async () => {
  await server.stop();
  client.remove();
});

test('ps lists what is active, and with --all everything, within 80 columns and without control characters', async () => {
  const active = await client.run(['ps', '-q']);
  expect(active.out).toBe(`${ids['sleep-30']}\n`);
  const { out } = await client.run(['ps', '--all']);
  const lines = out.trimEnd().split('\n');
  expect(lines).toHaveLength(4);
  expect(lines.every((line) => line.length <= 80)).toBe(true);
  expect(out).toMatch(/^ID +PROGRAM +STATE +AGE +TIME\n\S{13,36} +sleep-30 +running .*\n.*hostile +exit 0 .*\n.*tree +exit 2 /);
  const wide = await client.run(['ps', '-a', '-o', 'wide', '-d', 'hostile']);
  expect(wide.out).toContain(ids.hostile);
  expect(wide.out).not.toMatch(/[^\x20-\x7e\n]/);
  expect(JSON.parse((await client.run(['ps', '-a', '--json'])).out)).toHaveLength(3);
});

test('show finds a run by its beginning, and @last is the newest one', async () => {
  const { out } = await client.run(['show', ids.tree.slice(0, 13)]);
  expect(out).toContain(`id          ${ids.tree}\n`);
  expect(out).toContain('state       exit 2\n');
  expect(JSON.parse((await client.run(['show', '--json', '@last'])).out).id).toBe(ids['sleep-30']);
  expect(await client.run(['show', ids.tree.slice(0, 6)])).toMatchObject({ code: 2, err: expect.stringContaining('3 runs begin with') });
  expect(await client.run(['show', 'ffffffff'])).toMatchObject({ code: 1, err: expect.stringContaining('no run begins with') });
});

test('logs prints both streams, or one', async () => {
  expect((await client.run(['logs', ids.tree])).out.split('\n').sort()).toEqual(['', 'remark', 'result']);
  expect((await client.run(['logs', '-f', '--stream', 'stderr', ids.tree])).out).toBe('remark\n');
});

test('wait has the exit code of the run, and 124 when the time is over; stop waits for the end', async () => {
  expect((await client.run(['wait', ids.tree])).code).toBe(2);
  expect((await client.run(['wait', '--timeout', '0.1s', ids['sleep-30']])).code).toBe(124);
  expect((await client.run(['stop', ids['sleep-30']])).out).toBe(`${ids['sleep-30']}\n`);
  expect((await client.run(['wait', ids['sleep-30']])).code).toBe(143);
  expect(await client.run(['stop', ids.tree])).toMatchObject({ code: 0, err: expect.stringContaining('has ended already') });
});

test('rerun repeats a run with what is given anew, and with its exit code', async () => {
  expect(await client.run(['rerun', ids.tree])).toMatchObject({ code: 2, out: 'result\n', err: 'remark\n' });
  const { out } = await client.run(['run', '--json', 'say', '--x', 'one', '--y', 'two']);
  expect((await client.run(['rerun', JSON.parse(out).id, '--y', 'three'])).out).toBe('one three\n');
});

test('cp copies a file, a folder and the result out, and a file in', async () => {
  const read = (path: string) => readFileSync(join(client.folder, path), 'utf8');
  const script = `procreg cp ${ids.tree}:top . && procreg cp ${ids.tree}:a copied && procreg cp ${ids.tree}:output result && procreg cp ${ids.tree}:top -`;
  expect(await client.bash(script)).toMatchObject({ code: 0, out: '3\n' });
  expect([read('top'), read('copied/b/one'), read('copied/two'), read('result')]).toEqual(['3\n', '1\n', '2\n', 'result\n']);
  expect(await client.run(['cp', `${ids.tree}:none`, '.'])).toMatchObject({
    code: 1,
    err: expect.stringContaining('the run has no file none'),
  });
  expect((await client.run(['cp', `${ids.hostile}:.`, 'none'])).err).toContain('has no files; its result is RUN:output');
  const body = { exec: 'cat', argv: ['in/words'], start: false };
  const { id } = (await server.send({ method: 'POST', path: '/api/run/', body })).json;
  writeFileSync(join(client.folder, 'words'), 'to be');
  expect((await client.run(['cp', 'words', `${id}:in/`])).code).toBe(0);
  expect((await server.send({ path: `/api/run/${id}/files/in/words` })).text).toBe('to be');
});

test('cp copies a folder to a run and back, the folder itself or what is in it', async () => {
  const { id } = (await server.send({ method: 'POST', path: '/api/run/', body: { exec: 'true', start: false } })).json;
  await client.bash('mkdir -p tree/deep && echo 1 > tree/one && echo 2 > tree/deep/two && ln -s one tree/link');
  const sent = await client.run(['cp', 'tree', `${id}:`]);
  expect([sent.code, sent.err]).toEqual([0, expect.stringContaining('left out: link')]);
  expect((await client.run(['cp', 'tree/.', `${id}:there`])).code).toBe(0);
  expect(await client.bash(`procreg cp ${id}:. all && cd all && find . -type f | sort | tr '\\n' ' '`)).toMatchObject({
    code: 0,
    out: './there/deep/two ./there/one ./tree/deep/two ./tree/one ',
  });
});

test('rm says on which server, asks before it removes several, and removes', async () => {
  const asked = await client.run(['rm', ids.tree, ids.hostile]);
  expect([asked.code, asked.err]).toEqual([2, expect.stringContaining(`2 runs on ${server.url}`)]);
  expect(asked.err).toContain('--yes');
  expect(await client.run(['rm', '--yes', ids.tree, ids.hostile])).toMatchObject({ code: 0, out: `${ids.tree}\n${ids.hostile}\n` });
  expect((await server.send({ path: `/api/run/${ids.tree}/` })).status).toBe(404);
});
