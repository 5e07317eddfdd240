// What the sources must not call.
import { expect, test } from 'vitest';
import { sourcesOf } from './sources.js';

test('no file is copied by copyFile, which gives the copy the owner of its source from Node 22 on', () => {
  const found = sourcesOf('src').filter(({ text }) => /\bcopyFile(Sync)?\(|\bcpSync\(|\bcp\(/.test(text));
  expect(found.map(({ path }) => path)).toEqual([]);
});
