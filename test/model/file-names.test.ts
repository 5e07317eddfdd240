// How names that are not UTF-8 are shown: each name of bytes has one text, and each text leads back to its bytes.
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { fileNameFault, rawName, relativePathFault, shownName, storedPathFault } from '../../src/model/file-names.js';

const never = async () => false;

test.each<[number[], string]>([
  [[0xff], '%FF'],
  [[0x63, 0xe9, 0x2e, 0x74], 'c%E9.t'],
  [[0xff, 0x25], '%FF%25'],
  [[0xc3, 0xbc, 0xc3], 'ü%C3'],
  [[0xed, 0xa0, 0x80], '%ED%A0%80'],
])('the bytes %j are shown as %s', async (bytes, shown) => {
  const raw = Buffer.from(bytes);
  expect(await shownName(raw, never)).toBe(shown);
  expect(rawName(shown)).toEqual(raw);
});

test('a shown name that another file has gets one more %, and is decoded to the same bytes', async () => {
  const taken = new Set(['%FF', '%FF%']);
  expect(await shownName(Buffer.from([0xff]), async (name) => taken.has(name))).toBe('%FF%%');
  expect(rawName('%FF%%')).toEqual(Buffer.from([0xff]));
});

test('names that are UTF-8 are shown as they are, and stand for no other bytes', async () => {
  for (const name of ['ü', '%41', '%FF%G', '100%', '%', '%ff', '%FF%'.slice(3), 'a\\b', 'c:x', '\n', '%C3%BC']) {
    expect(await shownName(Buffer.from(name), never)).toBe(name);
    expect([name, rawName(name)]).toEqual([name, null]);
  }
});

test('random bytes are encoded as a text and decoded again, and no two as the same text', async () => {
  const shown = new Map<string, string>();
  for (let round = 0; round < 5000; round++) {
    const raw = randomBytes(1 + (round % 12));
    const text = await shownName(raw, never);
    expect(Buffer.from(rawName(text) ?? text)).toEqual(raw);
    expect(shown.get(text) ?? raw.toString('hex')).toBe(raw.toString('hex'));
    shown.set(text, raw.toString('hex'));
  }
});

test.each<[string, string | undefined]>([
  ['a', undefined],
  ['a\\b', undefined],
  ['c:x\n', undefined],
  ['', 'is empty'],
  ['/a', 'is absolute'],
  ['..', 'leads out of its folder'],
  ['a/../..', 'leads out of its folder'],
  ['a/../b', "contains the part '..'"],
  ['./a', "contains the part '.'"],
  ['a//b', 'has an empty part between two slashes, or at its end'],
  ['a\0', 'contains a NUL character'],
  ['\ud800', 'is not valid Unicode'],
  ['x'.repeat(256), 'is longer than 255 bytes'],
  ['%FF'.repeat(255), undefined],
])('a stored path %j: %s', (path, fault) => {
  expect(storedPathFault(path)).toBe(fault);
});

test.each<[string, string | undefined]>([
  ['a.txt', undefined],
  ['a\\b', 'contains a backslash'],
  ['a\n', 'contains a control character'],
  ['a/b', 'contains a folder part'],
  ['.', "is '.', which is the folder itself"],
  ['..', 'leads out of its folder'],
])('a chosen name %j: %s', (name, fault) => {
  expect(fileNameFault(name)).toBe(fault);
  if (!name.includes('/')) expect(relativePathFault(`a/${name}`) === undefined).toBe(fault === undefined);
});
