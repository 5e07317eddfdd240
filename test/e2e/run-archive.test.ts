// All files of a run as one zip: downloaded and uploaded, streamed, and never half of a bad one.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createdRun, ended, goingOn, pathsOf, put, spooledIds, startedToEnd, stopped, zipOf } from '../support/run-files.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
const folder = mkdtempSync(join(tmpdir(), 'procreg-archive-'));
beforeAll(async () => {
  server = await startServer({ MAX_MESSAGE_BYTES: '32MiB' });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

/** Unpacked by another program. */
function unzipped(bytes: Buffer): string {
  const target = mkdtempSync(join(folder, 'unzipped-'));
  writeFileSync(join(target, 'a.zip'), bytes);
  const script = 'import sys, zipfile; z = zipfile.ZipFile("a.zip"); assert z.testzip() is None; z.extractall("out")';
  execFileSync('python3', ['-c', script], { cwd: target });
  return join(target, 'out');
}

test('a zip is unpacked into a run that was only created, and the files of the run are downloaded as one', async () => {
  const run = await createdRun(server, './tool < in/a.txt > out.txt; chmod 755 out.txt; mkdir none; ln -s /etc/passwd link; : > empty');
  const tool = await zipOf({ tool: '#!/bin/sh\ntr a-z A-Z\n' }, 0o100755);
  expect((await put(server, `${run}archive/`, tool)).status).toBe(204);
  expect((await put(server, `${run}archive/`, await zipOf({ 'in/': '', 'in/a.txt': 'wrong', 'in/ü.txt': 'ü' }))).status).toBe(204);
  expect((await put(server, `${run}archive/`, await zipOf({ 'in/a.txt': 'words' }))).status).toBe(204);
  expect(await startedToEnd(server, run)).toMatchObject({ success: true });
  const { headers, bytes } = await server.send({ path: `${run}archive/` });
  expect(headers).toMatchObject({
    'content-type': 'application/zip',
    'content-disposition': expect.stringMatching(/^attachment; filename="[0-9a-f-]+\.zip"$/),
  });
  expect(headers['content-security-policy']).toMatch(/^sandbox/);
  const out = unzipped(bytes);
  expect(readdirSync(out, { recursive: true }).sort()).toEqual(['empty', 'in', 'in/a.txt', 'in/ü.txt', 'none', 'out.txt', 'tool']);
  expect(readFileSync(join(out, 'out.txt'), 'utf8')).toBe('WORDS');
  expect(statSync(join(out, 'empty')).size).toBe(0);
});

test('a zip is unpacked into a run that is running, and not into one that has ended', async () => {
  const run = await goingOn(server, '(while [ ! -e b/c ]; do sleep 0.05; done; cat b/c > seen) &');
  expect((await put(server, `${run}archive/`, await zipOf({ a: 'a', 'b/c': 'content' }))).status).toBe(204);
  await expect.poll(async () => (await server.send({ path: `${run}files/seen` })).text).toBe('content');
  const taken = await put(server, `${run}archive/`, await zipOf({ 'seen/x': 'x' }));
  expect([taken.status, taken.json.code]).toEqual([409, 'path_taken']);
  await stopped(server, run);
  const late = await put(server, `${run}archive/`, await zipOf({ late: 'x' }));
  expect([late.status, late.json.code]).toEqual([409, 'wrong_state']);
  expect(await pathsOf(server, run)).toEqual(['a', 'b', 'b/c', 'seen']);
});

test('the archive of a run without files is a valid, empty zip', async () => {
  const run = await createdRun(server, 'true');
  await startedToEnd(server, run);
  const { status, bytes } = await server.send({ path: `${run}archive/` });
  expect([status, bytes.length]).toEqual([200, 22]);
});

test('16 MiB are uploaded and downloaded without being held in memory, and leave no spooled file', async () => {
  const run = await goingOn(server, 'true');
  const big = randomBytes(16 * 2 ** 20);
  const zip = await zipOf({ 'deep/big': big });
  const before = server.peakBytes();
  expect((await put(server, `${run}archive/`, zip)).status).toBe(204);
  const { bytes } = await server.send({ path: `${run}archive/` });
  expect(server.peakBytes() - before).toBeLessThan(64 * 2 ** 20);
  expect(readFileSync(join(unzipped(bytes), 'deep/big')).equals(big)).toBe(true);
  await stopped(server, run);
  for (const id of spooledIds(server)) {
    expect([id, (await server.send({ path: `/api/run/${id}/` })).status]).toEqual([id, 200]);
  }
});

const refusals: [string, () => Promise<Buffer> | Buffer, number, string][] = [
  ['no zip', () => randomBytes(1000), 400, 'invalid_request'],
  ['nothing', () => Buffer.alloc(0), 400, 'invalid_request'],
  ['half of one', async () => (await zipOf({ a: randomBytes(9999) })).subarray(0, 5000), 400, 'invalid_request'],
  ['bytes that cannot be inflated', async () => corrupted(), 400, 'invalid_request'],
  ['more bytes than MAX_MESSAGE_BYTES', () => zipOf({ good: 'good', bomb: Buffer.alloc(33 * 2 ** 20) }), 413, 'message_too_large'],
  ['a size that is a lie', () => lying(), 400, 'invalid_request'],
  [
    'more than 10,000 entries',
    () => zipOf(Object.fromEntries(Array.from({ length: 10_001 }, (_one, index) => [`f${index}`, '']))),
    400,
    'invalid_request',
  ],
  ['a file in a file', () => zipOf({ a: 'a', 'a/b': 'b' }), 400, 'invalid_request'],
];

test.each(refusals)('an archive with %s is refused whole', async (_what, make, status, code) => {
  const run = await createdRun(server, 'ls');
  const answer = await put(server, `${run}archive/`, await make());
  expect([answer.status, answer.json.code], answer.text).toEqual([status, code]);
  expect(await pathsOf(server, run)).toEqual([]);
  expect(await startedToEnd(server, run)).toMatchObject({ success: true });
  expect((await ended(server, run)).state).toBe('finished');
});

async function corrupted(): Promise<Buffer> {
  const zip = await zipOf({ good: 'good', text: 'x'.repeat(100_000) });
  zip.fill(0xff, 90, 140);
  return zip;
}

/** Ten bytes by its headers, a megabyte when it is inflated. */
async function lying(): Promise<Buffer> {
  const zip = await zipOf({ a: Buffer.alloc(10) });
  const bomb = deflateRawSync(Buffer.alloc(2 ** 20));
  const local = 30 + 1;
  const central = zip.indexOf(Buffer.from('PK\x01\x02'));
  const compressed = zip.readUInt32LE(central + 20);
  const rest = Buffer.from(zip.subarray(local + compressed));
  const whole = Buffer.concat([zip.subarray(0, local), bomb, rest]);
  const shift = bomb.length - compressed;
  whole.writeUInt32LE(bomb.length, 18);
  whole.writeUInt32LE(bomb.length, central + shift + 20);
  const end = whole.indexOf(Buffer.from('PK\x05\x06'));
  whole.writeUInt32LE(central + shift, end + 16);
  return whole;
}
