// The tars of pRouter's jobs, both downloaded and uploaded, and names and archives that would do harm.
import { readFileSync, statSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bodyBytes } from '../support/body-bytes.js';
import { newJob, remove, runOf, start, startQuiet, upload, waitFor } from '../support/jobs.js';
import { spooledIds } from '../support/run-files.js';
import { startServer, type TestServer } from '../support/server.js';
import { tarOf, untarred } from '../support/tars.js';
import { victimFolder } from '../support/victim.js';

let server: TestServer;
const victim = victimFolder();
beforeAll(async () => {
  server = await startServer({ MAX_MESSAGE_BYTES: '32MiB' });
});
afterAll(async () => {
  await server.stop();
});

const archive = (job: string, query = '') => server.send({ path: `${job}/archive${query}` });
const unpack = (job: string, body: Buffer) =>
  server.send({ method: 'POST', path: `${job}/archive`, headers: { 'content-type': 'application/octet-stream' }, body });
const namesIn = async (job: string) => untarred((await archive(job)).bytes).names;

describe('a tar', () => {
  test('is uploaded with its executable files, and downloaded again', async () => {
    const job = await newJob(server);
    const tar = await tarOf([
      { name: './', type: 'directory' },
      { name: './bin/tool', text: '#!/bin/sh\ncat in/ü > out\n', mode: 0o755 },
      { name: 'in', type: 'directory' },
      { name: 'in/ü', text: 'words', mtime: new Date('2001-02-03T04:05:06Z'), mode: 0o4666 },
      { name: `${'long/'.repeat(30)}name`, text: 'far' },
      { name: 'link', type: 'symlink', linkname: victim },
      { name: 'hard', type: 'link', linkname: 'in/ü' },
      { name: 'fifo', type: 'fifo' },
    ]);
    expect(await unpack(job, tar)).toMatchObject({ status: 200, text: '' });
    expect(statSync(untarred((await archive(job)).bytes).at('in/ü')).mtimeMs).toBe(Date.parse('2001-02-03T04:05:06Z'));
    await startQuiet(server, job, './bin/tool; stat -c "%Y %a" in/ü > was; ln -s /etc/passwd passwd; mkfifo pipe');
    expect((await waitFor(server, job)).state).toBe('FINISHED');
    const { headers, bytes } = await archive(job);
    expect(headers['content-type']).toBe('application/octet-stream');
    const { names, at, text } = untarred(bytes);
    const folders = Array.from({ length: 30 }, (_one, index) => 'long/'.repeat(index + 1).slice(0, -1));
    expect(names).toEqual(['bin', 'bin/tool', 'in', 'in/ü', 'out', 'was', ...folders, `${'long/'.repeat(30)}name`].sort());
    expect([text('out'), text('was'), statSync(at('bin/tool')).mode & 0o100]).toEqual(['words', '981173106 600\n', 0o100]);
    expect(statSync(at('in/ü')).mtimeMs).toBe(Date.parse('2001-02-03T04:05:06Z'));
  });

  test('may be a tar.gz, both ways', async () => {
    const job = await newJob(server);
    expect((await unpack(job, gzipSync(await tarOf([{ name: 'a', text: 'a' }])))).status).toBe(200);
    const { bytes } = await archive(job, '?compress=1');
    expect(bytes.readUInt16BE(0)).toBe(0x1f8b);
    expect(untarred(bytes).names).toEqual(['a']);
  });

  test('has what is included and not excluded; * stands for folders too', async () => {
    const job = await newJob(server);
    for (const name of ['something.py', 'something.txt', 'nested/other.py', 'nested/deep/third.py', 'a[b].py'])
      await upload(server, job, name.replace('[', '%5B').replace(']', '%5D'), 'x');
    const names = async (query: string) => untarred((await archive(job, query)).bytes).names;
    expect(await names('?include=*.py&exclude=nested/*')).toEqual(['a[b].py', 'something.py']);
    expect(await names('?include=nested/*')).toEqual(['nested', 'nested/deep', 'nested/deep/third.py', 'nested/other.py']);
    expect(await names('?include=*.tx%3F')).toEqual(['something.txt']);
    expect(await names('?include=%5Bs%5D*.py')).toEqual(['something.py']);
    expect(await names('?include=%5B!s%5D*.py&exclude=n*')).toEqual(['a[b].py']);
    expect(await names('?include=a%5B%5B%5Db%5D.py')).toEqual(['a[b].py']);
    const slow = performance.now();
    expect(await names(`?include=${'*a'.repeat(200)}b`)).toEqual([]);
    expect(performance.now() - slow).toBeLessThan(5000);
  });

  test('is refused with too many patterns', async () => {
    const job = await newJob(server);
    for (const query of [`?include=${'a'.repeat(513)}`, `?${'exclude=a&'.repeat(9)}`])
      expect((await archive(job, query)).json).toMatchObject({ status: 400, code: 'invalid_request' });
  });

  test('of folders whose path is too long is refused, as a zip of them is', async () => {
    const job = await newJob(server);
    const lines = [
      'import os',
      'for _ in range(13):',
      '  os.mkdir("x" * 250); os.chdir("x" * 250)',
      'for i in range(5500): os.mkdir(str(i))',
    ];
    await start(server, job, ['python3', '-c', lines.join('\n')], { port_expected_count: 0 });
    await waitFor(server, job);
    for (const path of [`${job}/archive`, `${runOf(job)}archive/`])
      expect((await server.send({ path })).json).toMatchObject({ status: 400, code: 'invalid_request' });
    await remove(server, job);
  });

  test('of 16 MiB is uploaded and downloaded without being held in memory, and leaves no spooled file', async () => {
    const job = await newJob(server);
    const text = 'x'.repeat(16 * 2 ** 20);
    const tar = await tarOf([{ name: 'big', text }]);
    const before = server.peakBytes();
    expect((await unpack(job, tar)).status).toBe(200);
    const { bytes } = await archive(job);
    expect(server.peakBytes() - before).toBeLessThan(64 * 2 ** 20);
    expect(readFileSync(untarred(bytes).at('big'), 'utf8') === text).toBe(true);
    await remove(server, job);
    for (const id of spooledIds(server)) expect([id, (await server.send({ path: `/api/run/${id}/` })).status]).toEqual([id, 200]);
  });
});

describe('a tar that is refused writes nothing', () => {
  const evil = [
    '../evil',
    '../../../../../../tmp/procreg-evil',
    '/tmp/procreg-evil',
    'a/../../evil',
    'a//b',
    'a\\..\\b',
    '..',
    'x'.repeat(256),
  ];
  test.each(evil)('an entry %j', async (name) => {
    const job = await newJob(server);
    const { status, json } = await unpack(
      job,
      await tarOf([
        { name: 'good', text: 'good' },
        { name, text: 'evil' },
      ]),
    );
    expect([status, json.code]).toEqual([400, 'invalid_request']);
    expect(await namesIn(job)).toEqual([]);
  });

  test('an entry through a link of the same tar is unpacked into a folder', async () => {
    const job = await newJob(server);
    const tar = await tarOf([
      { name: 'link', type: 'symlink', linkname: victim },
      { name: 'link/evil', text: 'evil' },
      { name: 'other', type: 'link', linkname: '/etc/passwd' },
    ]);
    expect((await unpack(job, tar)).status).toBe(200);
    expect(await namesIn(job)).toEqual(['link', 'link/evil']);
  });

  test.each([
    ['no tar', 400, () => Buffer.alloc(10_000, 7)],
    ['half of one', 400, async () => (await tarOf([{ name: 'a', text: 'x'.repeat(9999) }])).subarray(0, 5000)],
    ['a broken gzip', 400, async () => gzipSync(await tarOf([{ name: 'a', text: 'x' }])).subarray(0, 40)],
    ['a bomb', 413, async () => gzipSync(await tarOf([{ name: 'a', text: '0'.repeat(40 * 2 ** 20) }]))],
    ['too many entries', 400, () => tarOf(Array.from({ length: 10_001 }, (_one, index) => ({ name: `f${index}` })))],
  ])('%s', async (_what, expected, make) => {
    const job = await newJob(server);
    const { status } = await unpack(job, await make());
    expect(status).toBe(expected);
    expect(await namesIn(job)).toEqual([]);
  });

  test('an entry in the place of a link that the program has created', async () => {
    const job = await newJob(server);
    await startQuiet(server, job, `ln -s ${victim} folder; ln -s ${victim}/precious file; echo ready; sleep 60`);
    await expect.poll(async () => (await server.send({ path: `${job}/file/.pagent.stdout` })).text).toBe('ready\n');
    for (const name of ['folder/evil', 'file']) {
      const { status, json } = await unpack(job, await tarOf([{ name, text: 'evil' }]));
      expect([name, status, json.code]).toEqual([name, 409, 'path_taken']);
    }
    await remove(server, job);
  });
});

describe('the path of a file that leads out is refused', () => {
  const evil = ['..%2fx', '%2e%2e/x', '../x', '%2ftmp%2fprocreg-evil', 'a%00b', `${'x'.repeat(256)}`];
  test.each(evil)('%s', async (path) => {
    const job = await newJob(server);
    expect((await upload(server, job, path, 'evil')).status).toBe(400);
    expect((await server.send({ path: `${job}/file/${path}` })).status).toBe(400);
    expect(await namesIn(job)).toEqual([]);
  });

  test('links, pipes and folders that a program has left are not served as files', async () => {
    const job = await newJob(server);
    await startQuiet(server, job, `ln -s ${victim} folder; ln -s /etc/passwd file; mkfifo pipe; ln -s /dev/zero zero; mkdir real`);
    await waitFor(server, job);
    for (const path of ['folder', 'folder/precious', 'file', 'pipe', 'zero', 'real', 'none'])
      expect([path, (await server.send({ path: `${job}/file/${path}?remove=1` })).status]).toEqual([path, 404]);
    expect(await namesIn(job)).toEqual(['real']);
  });
});

test('a job belongs to its owner: other users get 404, and a user who may not run commands cannot create jobs', async () => {
  const job = await newJob(server);
  await server.user('author:pw', 'author');
  await server.user('runner:pw', 'runner');
  for (const [method, what] of [
    ['GET', 'info'],
    ['POST', 'start'],
    ['POST', 'wait'],
    ['POST', 'remove'],
    ['GET', 'file/x'],
    ['POST', 'file/x'],
    ['GET', 'archive'],
    ['POST', 'archive'],
    ['GET', 'http/'],
  ]) {
    const sent = { method, path: `${job}/${what}`, headers: { 'content-type': 'application/octet-stream' } };
    expect([what, (await server.send({ ...sent, login: 'author:pw' })).status]).toEqual([what, 404]);
    expect([what, (await server.send({ ...sent, login: '' })).status]).toEqual([what, 401]);
  }
  const body = { agent: { type: 'uid', uid: 'local' }, name: 'x' };
  expect((await server.send({ method: 'POST', path: '/jobs/create', body, login: 'runner:pw' })).status).toBe(403);
  expect((await server.send({ method: 'POST', path: '/jobs/create', body, login: 'author:pw' })).status).toBe(200);
});

test('1 GiB is downloaded as a tar, and as a zip, in 80 MB of memory', { timeout: 240_000 }, async () => {
  const job = await newJob(server);
  await startQuiet(server, job, 'truncate -s 1G big');
  await waitFor(server, job);
  const before = server.peakBytes();
  expect(await bodyBytes(server, `${job}/archive`)).toBeGreaterThan(2 ** 30);
  expect(await bodyBytes(server, `${runOf(job)}archive/`)).toBeGreaterThan(1e6);
  expect(server.peakBytes() - before).toBeLessThan(80 * 2 ** 20);
  await remove(server, job);
});
