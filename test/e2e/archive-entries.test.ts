// The entries of uploaded archives: whether they are whole, their names, and the reasons of refusals.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newJob } from '../support/jobs.js';
import { file, post, shellCommand } from '../support/process-api.js';
import { createdRun, pathsOf, put } from '../support/run-files.js';
import { startServer, type TestServer } from '../support/server.js';
import { tarOf, untarred } from '../support/tars.js';
import { rawZip, unicodePath, type ZipEntry } from '../support/zips.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server.stop();
});

const good: ZipEntry = { name: 'good', content: 'good' };
const text = 'the quick brown fox\n'.repeat(100);

/** What PUT archive/ and POST /process say of the same zip; nothing of it is used when it is refused. */
async function refusal(zip: Buffer): Promise<string> {
  const run = await createdRun(server, 'true');
  const archived = await put(server, `${run}archive/`, zip);
  const posted = await post(server, { data: shellCommand('ls', { zipInputMode: true }), files: [file('a.zip', zip)] });
  expect([archived.status, archived.json?.code, posted.status, posted.json?.error]).toEqual([
    400,
    'invalid_request',
    400,
    archived.json.error,
  ]);
  expect(await pathsOf(server, run)).toEqual([]);
  return archived.json.error;
}

/** The paths that a zip of these entries makes. */
async function pathsFrom(entries: ZipEntry[]): Promise<string[]> {
  const run = await createdRun(server, 'true');
  const answer = await put(server, `${run}archive/`, rawZip(entries));
  expect(answer.status, answer.text).toBe(204);
  return pathsOf(server, run);
}

describe.each<[string, Partial<ZipEntry>]>([
  ['stored', { method: 0 }],
  ['deflated', { method: 8 }],
  ['stored with a data descriptor', { method: 0, descriptor: true }],
  ['deflated with a data descriptor', { method: 8, descriptor: true }],
  ['stored with sizes of 64 bits', { method: 0, zip64: true }],
  ['deflated with sizes of 64 bits', { method: 8, zip64: true }],
])('an entry that is %s', (_kind, how) => {
  const entry: ZipEntry = { name: 'q.txt', content: text, ...how };

  test('is unpacked when it is whole', async () => {
    const run = await createdRun(server, 'true');
    expect((await put(server, `${run}archive/`, rawZip([entry]))).status).toBe(204);
    expect((await server.send({ path: `${run}files/q.txt` })).text).toBe(text);
  });

  test('is refused, naming it, when its CRC-32 is another', async () => {
    expect(await refusal(rawZip([good, { ...entry, lies: { crc: 1 } }]))).toMatch(/"q\.txt".*damaged.*CRC-32/);
  });

  test.each([0, text.length - 1, text.length + 1])('is refused when its size is said to be %i', async (size) => {
    expect(await refusal(rawZip([good, { ...entry, lies: { size } }]))).toMatch(
      /"q\.txt".*damaged: its content (is larger than the|has) .* bytes/,
    );
  });

  test('is refused when one bit of it has changed', async () => {
    const zip = rawZip([good, entry]);
    zip[zip.indexOf('q.txt') + 5 + (how.zip64 ? 20 : 0) + 3] ^= 1;
    expect(await refusal(zip)).toMatch(/"q\.txt".*damaged/);
  });
});

test.each<[string, ZipEntry, string]>([
  ['UTF-8 that is marked so', { name: 'ü', flags: 0x800 }, 'ü'],
  ['UTF-8 that is not marked', { name: 'ü' }, 'ü'],
  ['the Unicode path field', { name: 'u', extra: unicodePath('ü/文', 'u') }, 'ü/文'],
  ['the header, where the Unicode path field belongs to another name', { name: 'u', extra: unicodePath('ü', 'v') }, 'u'],
  ['CP437, where it is not UTF-8', { name: Buffer.from([0x63, 0x61, 0x66, 0x82]) }, 'café'],
  ['./a', { name: './a' }, 'a'],
  ['a/./b', { name: 'a/./b' }, 'a/b'],
  ['.//./a', { name: './/./a' }, 'a'],
  ['a drive', { name: 'c:x' }, 'c:x'],
  ['a backslash', { name: 'a\\b' }, 'a\\b'],
  ['backslashes for slashes, by MS-DOS', { name: 'a\\b', host: 0 }, 'a/b'],
  ['control characters', { name: 'a\r\nb\x1b' }, 'a\r\nb\x1b'],
  ['a folder by its mode alone', { name: 'folder', mode: 0o040755 }, 'folder'],
])('a zip names its entry by %s', async (_what, entry, path) => {
  expect((await pathsFrom([{ name: './', mode: 0o040755 }, entry])).at(-1)).toBe(path);
});

test.each<[string, ZipEntry, RegExp]>([
  ['encrypted', { name: 'a', content: 'x'.repeat(20), flags: 1 }, /"a".*encrypted/],
  ['compressed by another method', { name: 'a', content: 'x', method: 12 }, /"a".*method 12.*0 \(stored\) and 8/],
  ['absolute', { name: '/a' }, /"\/a".* is absolute$/],
  ['that leads out', { name: 'a/../../b' }, /leads out of its folder$/],
  ['with ..', { name: 'a/../b' }, /contains the part '\.\.'$/],
  ['with NUL', { name: 'a\0b' }, /NUL/],
  ['with two slashes', { name: 'a//b' }, /has an empty part/],
  ['without a name', { name: '' }, /is empty/],
  ['that is a link', { name: 'a', mode: 0o120777 }, /is a link$/],
  ['whose name is a folder’s and whose mode is a file’s', { name: 'a/', mode: 0o100644 }, /name of a folder and the mode of a file/],
  ['with a long name', { name: `b/${'x'.repeat(256)}` }, /has a part that is longer than 255 bytes$/],
  ['too deep', { name: `${'d/'.repeat(120)}x` }, /has more than 100 folders$/],
  ['that comes twice under two spellings', { name: './good' }, /"good".*occurs twice/],
  ['in a file', { name: 'good/x' }, /lies in 'good', which is a file/],
])('a zip with an entry %s is refused for that reason', async (_what, entry, reason) => {
  expect(await refusal(rawZip([good, entry]))).toMatch(reason);
});

describe('a tar', () => {
  const unpack = (job: string, body: Buffer) =>
    server.send({ method: 'POST', path: `${job}/archive`, headers: { 'content-type': 'application/octet-stream' }, body });

  /** With a name of bytes, which takes the place of one of as many characters. */
  async function tarNamed(name: Buffer): Promise<Buffer> {
    const stand = 'n'.repeat(name.length);
    const tar = await tarOf([{ name: stand, text: 'x' }]);
    name.copy(tar, tar.indexOf(stand));
    const sum =
      8 * 32 + tar.subarray(0, 148).reduce((all, byte) => all + byte, 0) + tar.subarray(156, 512).reduce((all, byte) => all + byte, 0);
    tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return tar;
  }

  test.each<[string, Buffer, string]>([
    ['UTF-8', Buffer.from('ü'), 'ü'],
    ['bytes that are not UTF-8, encoded', Buffer.from([0x63, 0xe9, 0x25]), 'c%E9%25'],
    ['./a/./b', Buffer.from('./a/./b'), 'a/b'],
    ['control characters', Buffer.from('a\r\nb'), 'a\r\nb'],
  ])('names its entry by %s', async (_what, name, path) => {
    const job = await newJob(server);
    const answer = await unpack(job, await tarNamed(name));
    expect(answer.status, answer.text).toBe(200);
    expect(untarred((await server.send({ path: `${job}/archive` })).bytes).names.at(-1)).toBe(path);
  });

  test.each<[string, RegExp]>([
    ['/a', /is absolute/],
    ['a/../b', /contains the part '\.\.'/],
    ['../a', /leads out of its folder/],
  ])('with the entry %s is refused for the true reason', async (name, reason) => {
    expect((await unpack(await newJob(server), await tarOf([{ name, text: 'x' }]))).text).toMatch(reason);
  });
});
