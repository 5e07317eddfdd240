// Archives of a run's files while they are created: they wait for their reader, and names are selected without blocking the event loop.
import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { CodedError } from '../../src/model/coded-error.js';
import type { FileTree, RunFile } from '../../src/model/run-files.js';
import { nameFilter } from '../../src/results/name-filter.js';
import { packFiles } from '../../src/results/pack-files.js';
import { packTar } from '../../src/results/pack-tar.js';

const everything = nameFilter({ include: [], exclude: [] });
const long = 'x'.repeat(3000);

/** Many folders, and after them a file that is gone when it is read. */
function manyFolders(): { tree: FileTree; asked: () => boolean } {
  let asked = false;
  const folder = (_none: unknown, index: number): RunFile => ({ path: `${long}${index}`, directory: true, bytes: 0, modifiedAtMs: 0 });
  const files = [...Array.from({ length: 2000 }, folder), { path: 'z', directory: false, bytes: 1, modifiedAtMs: 0 }];
  const open = async () => {
    asked = true;
    throw new CodedError('not_found', 'gone');
  };
  return { tree: { list: async () => ({ files, truncated: false }), open } as Partial<FileTree> as FileTree, asked: () => asked };
}

async function lengthOf(archive: Readable): Promise<number> {
  let bytes = 0;
  for await (const chunk of archive) bytes += (chunk as Buffer).length;
  return bytes;
}

test.each([
  ['tar', (tree: FileTree) => packTar(tree, everything)],
  ['zip', packFiles],
])('a %s of nothing but folders waits for its reader', async (_kind, packing) => {
  const { tree, asked } = manyFolders();
  const archive = await packing(tree);
  for (let turn = 0; turn < 200; turn += 1) await setImmediate();
  expect(asked()).toBe(false);
  expect(await lengthOf(archive)).toBeGreaterThan(2000 * 3000);
  expect(asked()).toBe(true);
});

test.each([
  ['tar', (tree: FileTree) => packTar(tree, everything)],
  ['zip', packFiles],
])('a %s whose reader goes away asks for no further file', async (_kind, packing) => {
  const { tree, asked } = manyFolders();
  const archive = await packing(tree);
  await setImmediate();
  archive.destroy();
  for (let turn = 0; turn < 200; turn += 1) await setImmediate();
  expect(asked()).toBe(false);
});

test('names are selected in portions, between which the event loop runs', async () => {
  const isWanted = nameFilter({ include: [`${'*a'.repeat(200)}b`], exclude: [] });
  let turns = 0;
  let over = false;
  const others = (async () => {
    while (!over) {
      await setImmediate();
      turns += 1;
    }
  })();
  for (let index = 0; index < 50; index += 1) expect(await isWanted(`${index}${long}`)).toBe(false);
  over = true;
  await others;
  expect(turns).toBeGreaterThan(10);
});

test.each([
  ['more than eight patterns', { include: Array.from({ length: 5 }, () => 'a'), exclude: Array.from({ length: 4 }, () => 'a') }],
  ['more than 512 characters together', { include: ['a'.repeat(300)], exclude: ['a'.repeat(213)] }],
])('%s are refused', (_what, patterns) => {
  expect(() => nameFilter(patterns)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
});
