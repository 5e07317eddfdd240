// Paths, archives and programs that try to make the server read or write outside of a run's own files.
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createdRun, goingOn, pathsOf, put, stopped, zipNamed, zipOf } from '../support/run-files.js';
import { startServer, type TestServer } from '../support/server.js';
import { victimFolder } from '../support/victim.js';

let server: TestServer;
const victim = victimFolder();

beforeAll(async () => {
  server = await startServer();
});

afterAll(async () => {
  await server.stop();
});

const read = (path: string) => server.send({ path });

/** The three ways to name a file; each must answer with this status, without a word of what is outside. */
async function expectRefused(path: string, statuses: { get: number; put: number; delete: number }): Promise<void> {
  const answers = {
    get: await read(path),
    put: await put(server, path, 'evil'),
    delete: await server.send({ method: 'DELETE', path }),
  };
  for (const { text } of Object.values(answers)) expect(text).not.toMatch(/root:|precious"?$/);
  expect([path, { get: answers.get.status, put: answers.put.status, delete: answers.delete.status }]).toEqual([path, statuses]);
}

const evilPaths = [
  '..',
  '../evil',
  '../../../../../../tmp/procreg-evil',
  'sub/../../evil',
  './a',
  'a/./b',
  '%2e%2e/evil',
  '%2E%2E%2Fevil',
  '..%2f..%2f..%2f..%2ftmp%2fprocreg-evil',
  '%2ftmp%2fprocreg-evil',
  '/tmp/procreg-evil',
  'a//b',
  'a%00',
  'a%00.txt',
  'x'.repeat(256),
  Array.from({ length: 200 }, () => 'd').join('/'),
];

/** Names that mean something elsewhere, and nothing to the system that the files are on. */
const oddPaths = ['a%0d%0aSet-Cookie:%20evil=1', 'a%0ab', 'a%1b[2J', 'a%c2%85b', 'a%5cb', 'c:x', 'a%5c..x'];

describe.each(['created', 'running'])('paths that lead out of a run that is %s', (state) => {
  let run: string;
  beforeAll(async () => {
    run = state === 'created' ? await createdRun(server, 'true') : await goingOn(server, 'mkdir sub; echo mine > sub/mine');
  });

  test.each(evilPaths)('%s', async (path) => {
    await expectRefused(`${run}files/${path}`, { get: 400, put: 400, delete: 400 });
    expect(await pathsOf(server, run)).toEqual(state === 'created' ? [] : ['sub', 'sub/mine']);
  });

  test.each(oddPaths)('%s is a plain name, and no header', async (path) => {
    const before = await pathsOf(server, run);
    expect((await put(server, `${run}files/${path}`, 'content')).status).toBe(201);
    const { text, headers } = await read(`${run}files/${path}`);
    expect([text, headers['set-cookie']]).toEqual(['content', undefined]);
    expect(await pathsOf(server, run)).toEqual([...before, decodeURIComponent(path)].sort());
    expect((await server.send({ method: 'DELETE', path: `${run}files/${path}` })).status).toBe(204);
  });

  test.each(['..%5c..%5cevil', 'C:%5cevil', '%5c%5cserver%5cevil'])(
    'a path that leads out where backslashes separate folders creates nothing outside: %s',
    async (path) => {
      await expectRefused(`${run}files/${path}`, { get: 404, put: 400, delete: 404 });
    },
  );

  test('malformed escapes are refused, too', async () => {
    for (const path of ['%', '%zz', 'a%ff', '%c0%ae%c0%ae/evil'])
      expect((await put(server, `${run}files/${path}`, 'evil')).status).toBe(400);
  });

  const evilNames = [
    '../evil',
    '../../../../../../tmp/procreg-evil',
    '/tmp/procreg-evil',
    'a/../../evil',
    'a//b',
    'a\\..\\..\\evil',
    'C:\\evil',
    'a\0b',
    '..',
    'x'.repeat(256),
  ];

  test.each(evilNames)('an archive with the entry %j writes nothing', async (name) => {
    const { status, json } = await put(server, `${run}archive/`, await zipNamed(name));
    expect([status, json.code]).toEqual([400, 'invalid_request']);
    expect(await pathsOf(server, run)).toEqual(state === 'created' ? [] : ['sub', 'sub/mine']);
  });

  test('an archive with a link, or through one that it brings, writes nothing', async () => {
    for (const archive of [
      await zipOf({ link: victim }, 0o120777),
      await zipOf({ device: '' }, 0o020666),
      await zipOf({ fifo: '' }, 0o010666),
    ]) {
      const { status, json } = await put(server, `${run}archive/`, archive);
      expect([status, json.code]).toEqual([400, 'invalid_request']);
    }
    expect(await pathsOf(server, run)).toEqual(state === 'created' ? [] : ['sub', 'sub/mine']);
  });
});

describe('what a program laid out to trap the server', () => {
  let run: string;
  beforeAll(async () => {
    run = await goingOn(
      server,
      `ln -s ${victim}/precious file; ln -s ${victim} folder; ln -s . loop; mkfifo fifo; mkdir real; ln -s ../folder real/up
       ln -s /dev/zero zero; ln -s /tmp/procreg-evil dangling; touch plain; : > "$(printf 'line\\nbreak')"; python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")'`,
    );
  });
  afterAll(() => stopped(server, run));

  test.each(['file', 'folder', 'loop', 'fifo', 'zero', 'dangling', 'socket'])(
    '%s is neither read nor replaced nor removed',
    async (name) => {
      await expectRefused(`${run}files/${name}`, { get: 404, put: 409, delete: 404 });
    },
  );

  test.each(['folder/precious', 'folder/evil', 'real/up/precious', 'loop/plain', 'fifo/x', 'plain/x'])('%s leads nowhere', async (path) => {
    await expectRefused(`${run}files/${path}`, { get: 404, put: 409, delete: 404 });
  });

  test('none of it is listed, packed, or unpacked through', async () => {
    expect(await pathsOf(server, run)).toEqual(['line\nbreak', 'plain', 'real']);
    const { bytes } = await read(`${run}archive/`);
    expect(bytes.includes('plain')).toBe(true);
    for (const name of ['precious', 'file', 'fifo', 'zero', 'folder']) expect([name, bytes.includes(name)]).toEqual([name, false]);
    for (const path of ['folder/evil', 'dangling', 'real/up/evil', 'fifo']) {
      const { status, json } = await put(server, `${run}archive/`, await zipOf({ [path]: 'evil' }));
      expect([path, status, json.code]).toEqual([path, 409, 'path_taken']);
    }
  });
});

test.runIf(process.getuid?.() === 0)('a file of another owner in the folder of a run is not read', async () => {
  const run = await goingOn(server, 'mkdir own; pwd > where');
  const where = (await read(`${run}files/where`)).text.trim();
  expect(statSync(join(where, 'where')).uid).not.toBe(0);
  writeFileSync(join(where, 'foreign'), 'of root');
  expect((await read(`${run}files/foreign`)).status).toBe(404);
  expect(await pathsOf(server, run)).toEqual(['own', 'where']);
  await put(server, `${run}files/own/deep/mine`, 'x');
  const uids = ['where', 'own', 'own/deep', 'own/deep/mine'].map((path) => statSync(join(where, path)).uid);
  expect(new Set(uids).size).toBe(1);
  await stopped(server, run);
});

test('the server never leaves the folder of a run through folders that a program swaps for links all the time', async () => {
  const swap = `mkdir d e; echo inside > d/precious; echo inside > e/precious
    python3 -c '
import os, time
end = time.time() + 20
while time.time() < end:
    os.rename("d", "e2"); os.symlink("${victim}", "d"); os.unlink("d"); os.rename("e2", "d")
' &`;
  const run = await goingOn(server, swap);
  const seen = new Set<number>();
  for (let round = 0; round < 300; round++) {
    const [got, made] = await Promise.all([read(`${run}files/d/precious`), put(server, `${run}files/d/evil`, 'evil')]);
    if (got.status === 200) expect(got.text).toBe('inside\n');
    else expect(got.status).toBe(404);
    expect([201, 204, 404, 409]).toContain(made.status);
    seen.add(got.status).add(made.status);
    if (round % 50 === 0) await server.send({ method: 'DELETE', path: `${run}files/d/evil` });
  }
  expect(seen.size).toBeGreaterThan(1);
  await put(server, `${run}archive/`, await zipOf({ 'd/evil': 'evil', 'd/deep/evil': 'evil' }));
  expect((await read(`${run}archive/`)).bytes.includes('precious\n')).toBe(false);
  await stopped(server, run);
});

test('a run sees nothing of a file that arrives for the run that was in its directory before', async () => {
  const first = await goingOn(server, 'true');
  const slow = new (await import('node:stream')).PassThrough();
  const arriving = put(server, `${first}files/late`, slow);
  slow.write('for the first run');
  await new Promise((resolve) => setTimeout(resolve, 300));
  await stopped(server, first);
  const others = await Promise.all(Array.from({ length: 4 }, () => goingOn(server, 'ls -a > seen')));
  slow.end();
  const { status, json } = await arriving;
  expect([status, json.code]).toEqual([409, 'wrong_state']);
  for (const run of others) {
    expect(await pathsOf(server, run)).toEqual(['seen']);
    await stopped(server, run);
    expect((await read(`${run}files/seen`)).text.trim().split('\n')).toEqual(['.', '..', 'seen']);
  }
  expect(await pathsOf(server, first)).toEqual([]);
});
