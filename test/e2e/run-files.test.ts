// The files of runs over HTTP: before the start, while the program runs, and when it has ended.
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newUser } from '../support/accounts.js';
import { createdRun, ended, goingOn, pathsOf, put, startedToEnd, stopped } from '../support/run-files.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ MAX_MESSAGE_BYTES: '32MiB' });
});
afterAll(() => server.stop());

const get = (path: string, headers: Record<string, string> = {}) => server.send({ path, headers });
const remove = (path: string) => server.send({ method: 'DELETE', path });

describe('a run that was only created', () => {
  test('takes files, with folders, which its program then finds', async () => {
    const run = await createdRun(server, 'cat a.txt sub/deep/b.txt; ls -la . >&2; echo made > made.txt');
    const first = await put(server, `${run}files/a.txt`, 'one ');
    expect([first.status, first.headers.location]).toEqual([201, `${run}files/a.txt`]);
    expect((await put(server, `${run}files/sub/deep/b.txt`, 'wrong')).status).toBe(201);
    expect((await put(server, `${run}files/sub/deep/b.txt`, 'two')).status).toBe(204);
    expect((await put(server, `${run}files/c.txt`, 'c')).status).toBe(201);
    expect((await remove(`${run}files/c.txt`)).status).toBe(204);
    expect(await pathsOf(server, run)).toEqual(['a.txt', 'sub', 'sub/deep', 'sub/deep/b.txt']);
    expect((await get(`${run}files/sub/deep/b.txt`)).text).toBe('two');
    expect(await startedToEnd(server, run)).toMatchObject({ success: true });
    expect((await get(`${run}output/`)).text).toBe('one two');
    expect(await pathsOf(server, run)).toEqual(['a.txt', 'made.txt', 'sub', 'sub/deep', 'sub/deep/b.txt']);
  });

  test('is removed with its files', async () => {
    const run = await createdRun(server, 'true');
    await put(server, `${run}files/a`, 'a');
    const [, id] = /run\/([^/]+)\//.exec(run) as string[];
    expect(readdirSync(`${server.dataDir}/runs`)).toContain(id);
    expect((await remove(run)).status).toBe(204);
    expect(readdirSync(`${server.dataDir}/runs`)).not.toContain(id);
    expect((await put(server, `${run}files/a`, 'a')).status).toBe(404);
    expect(readdirSync(`${server.dataDir}/runs`)).not.toContain(id);
  });

  test('has every file whose upload was acknowledged before its start', async () => {
    for (let round = 0; round < 5; round++) {
      const run = await createdRun(server, 'ls');
      const puts = Array.from({ length: 8 }, (_one, index) => put(server, `${run}files/f${index}`, randomBytes(1000 * index)));
      const record = startedToEnd(server, run);
      const answers = await Promise.all(puts);
      expect(await record).toMatchObject({ success: true });
      const there = new Set(await pathsOf(server, run));
      for (const [index, { status, text }] of answers.entries()) {
        if (status === 201) expect(there).toContain(`f${index}`);
        else expect([status, text]).toEqual([409, expect.stringContaining('wrong_state')]);
      }
    }
  });
});

describe('a run that is running', () => {
  test('shows what its program writes, and takes files that the program may change', async () => {
    const run = await goingOn(
      server,
      'mkdir sub; echo hi > sub/there; (while [ ! -s in/new ]; do sleep 0.05; done; cat in/new > got; echo more >> in/new) &',
    );
    expect((await get(`${run}files/sub/there`)).text).toBe('hi\n');
    expect((await put(server, `${run}files/in/new`, 'from outside')).status).toBe(201);
    await expect.poll(async () => (await get(`${run}files/got`)).text).toBe('from outside');
    await expect.poll(async () => (await get(`${run}files/in/new`)).text).toBe('from outsidemore\n');
    expect((await remove(`${run}files/sub/there`)).status).toBe(204);
    expect(await pathsOf(server, run)).toEqual(['got', 'in', 'in/new', 'sub']);
    await stopped(server, run);
    expect(await pathsOf(server, run)).toEqual(['got', 'in', 'in/new', 'sub']);
  });

  test('keeps a file that was uploaded although its program left none', async () => {
    const run = await goingOn(server, 'true');
    await put(server, `${run}files/a`, 'a');
    await stopped(server, run);
    expect((await get(`${run}files/a`)).text).toBe('a');
  });

  test('never sees half of a file, and a broken upload leaves nothing', async () => {
    const run = await goingOn(server, 'true');
    const broken = Readable.from(
      (async function* () {
        yield randomBytes(100_000);
        expect(await pathsOf(server, run)).toEqual([]);
        throw new Error('the client goes away');
      })(),
    );
    await expect(
      new Promise((resolve, reject) => {
        broken.once('error', reject);
        put(server, `${run}files/half`, broken).then(resolve, reject);
      }),
    ).rejects.toThrow();
    await stopped(server, run);
    expect(await pathsOf(server, run)).toEqual([]);
  });
});

describe('a run that has ended', () => {
  test('answers at once with what it left, takes nothing more, and its files can be removed', async () => {
    for (let round = 0; round < 10; round++) {
      const run = await createdRun(server, 'echo left > left');
      await startedToEnd(server, run);
      expect((await get(`${run}files/left`)).text).toBe('left\n');
      const refused = await put(server, `${run}files/more`, 'more');
      expect([refused.status, refused.json.code]).toEqual([409, 'wrong_state']);
      expect((await remove(`${run}files/left`)).status).toBe(204);
      expect((await get(`${run}files/left`)).status).toBe(404);
    }
  });

  test('that left nothing has an empty list', async () => {
    const run = await createdRun(server, 'true');
    await startedToEnd(server, run);
    expect((await get(`${run}files/`)).json).toEqual({ objects: [], truncated: false });
  });
});

describe('reading', () => {
  let run: string;
  beforeAll(async () => {
    run = await createdRun(server, `printf 0123456789 > a.html; : > empty; mkdir folder; printf x > 'ä "x" %.txt'; seq 100000 > big`);
    await startedToEnd(server, run);
  });

  test('gives ranges, an ETag and HEAD, and never a page of this origin', async () => {
    const whole = await get(`${run}files/a.html`);
    const { etag } = whole.headers;
    expect(whole.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-disposition': 'attachment; filename="a.html"',
      'content-length': '10',
      'accept-ranges': 'bytes',
    });
    expect(whole.headers['content-security-policy']).toMatch(/^sandbox/);
    expect(await get(`${run}files/a.html`, { range: 'bytes=2-4' })).toMatchObject({ status: 206, text: '234' });
    expect(await get(`${run}files/a.html`, { range: 'bytes=10-' })).toMatchObject({
      status: 416,
      headers: { 'content-range': 'bytes */10' },
    });
    expect(await get(`${run}files/a.html`, { 'if-none-match': etag as string })).toMatchObject({ status: 304, text: '' });
    const head = await server.send({ method: 'HEAD', path: `${run}files/a.html` });
    expect([head.status, head.headers['content-length'], head.headers.etag, head.text]).toEqual([200, '10', etag, '']);
    expect(await get(`${run}files/empty`)).toMatchObject({ status: 200, text: '' });
  });

  test('lists files with addresses at which they can be read', async () => {
    const { json } = await get(`${run}files/`);
    expect(json.objects.map(({ path, type, bytes }: Record<string, unknown>) => [path, type, bytes])).toEqual([
      ['a.html', 'file', 10],
      ['big', 'file', 588895],
      ['empty', 'file', 0],
      ['folder', 'folder', null],
      ['ä "x" %.txt', 'file', 1],
    ]);
    const [last] = json.objects.slice(-1);
    expect(new Date(last.modified_at).getTime()).toBeGreaterThan(Date.now() - 60_000);
    expect((await get(last.uri)).text).toBe('x');
  });

  test('answers 404 for a missing file, or one that is not a regular file', async () => {
    for (const path of ['none', 'folder', 'folder/none', 'a.html/none'])
      expect([path, (await get(`${run}files/${path}`)).status]).toEqual([path, 404]);
  });

  test('leaves no descriptor open, also not for HEAD, 304, 416 and readers that go away', async () => {
    const open = () => readdirSync(`/proc/${server.pid}/fd`).length;
    const before = open();
    const { etag } = (await get(`${run}files/big`)).headers;
    for (let round = 0; round < 20; round++) {
      await server.send({ method: 'HEAD', path: `${run}files/big` });
      await get(`${run}files/big`, { 'if-none-match': etag as string });
      await get(`${run}files/big`, { range: 'bytes=999999999-' });
      await get(`${run}files/empty`);
      await server.send({ method: 'HEAD', path: `${run}archive/` });
      const left = new AbortController();
      const authorization = `Basic ${Buffer.from('admin:secret').toString('base64')}`;
      const answer = await fetch(`${server.url}${run}${round % 2 ? 'archive/' : 'files/big'}`, {
        headers: { authorization },
        signal: left.signal,
      });
      left.abort();
      await answer.text().catch(() => {});
    }
    await expect.poll(open, { timeout: 10_000 }).toBeLessThan(before + 5);
  });
});

test('files have an owner: others get 404, a viewer may not write', async () => {
  const run = await goingOn(server, 'echo a > a');
  const stranger = `${await newUser(server, 'runner')}:pw`;
  for (const method of ['GET', 'PUT', 'DELETE']) {
    for (const path of ['files/a', 'archive/'].slice(0, method === 'DELETE' ? 1 : 2)) {
      expect([method, path, (await server.send({ method, path: run + path, login: stranger })).status]).toEqual([method, path, 404]);
    }
  }
  expect((await server.send({ path: `${run}files/`, login: stranger })).status).toBe(404);
  const viewer = `${await newUser(server, 'viewer')}:pw`;
  expect((await put(server, `${run}files/b`, 'b', { login: viewer })).status).toBe(403);
  expect(await pathsOf(server, run)).toEqual(['a']);
  await stopped(server, run);
});

test('16 MiB are uploaded and downloaded without being held in memory; more than MAX_MESSAGE_BYTES is refused', async () => {
  const run = await goingOn(server, 'true');
  const big = randomBytes(16 * 2 ** 20);
  const before = server.peakBytes();
  for (let round = 0; round < 3; round++) {
    expect((await put(server, `${run}files/big${round}`, Readable.from([big]))).status).toBe(201);
    expect((await get(`${run}files/big${round}`)).bytes.equals(big)).toBe(true);
  }
  expect(server.peakBytes() - before).toBeLessThan(64 * 2 ** 20);
  const tooMuch = Readable.from(Array.from({ length: 33 }, () => randomBytes(2 ** 20)));
  const refused = await put(server, `${run}files/too-big`, tooMuch);
  expect([refused.status, refused.json.code]).toEqual([413, 'message_too_large']);
  expect(await pathsOf(server, run)).toEqual(['big0', 'big1', 'big2']);
  await stopped(server, run);
});

test('a list is bounded, and says so', async () => {
  const run = await createdRun(server, 'seq 10050 | xargs touch');
  await startedToEnd(server, run);
  const { json } = await get(`${run}files/`);
  expect([json.objects.length, json.truncated]).toEqual([10_000, true]);
  expect((await ended(server, run)).state).toBe('finished');
});
