// Which known name somebody may have meant.
import { expect, test } from 'vitest';
import { nearName, suggestions } from '../../src/model/near-names.js';

const known = ['exec', 'argv', 'args', 'cwd', 'environment', 'timeout', 'max_parallel', 'input_type'];

test.each([
  ['timout', 'timeout'],
  ['tiemout', 'timeout'],
  ['TimeOut', 'timeout'],
  ['maxParallel', 'max_parallel'],
  ['output_type', 'input_type'],
  ['env', 'environment'],
  ['arg', 'argv'],
  ['exce', 'exec'],
  ['zulu', undefined],
  ['x', undefined],
  ['time', 'timeout'],
  ['', undefined],
  ['t'.repeat(1000), undefined],
])('%s may mean %s', (name, near) => {
  expect(nearName(name, known)).toBe(near);
});

test('of many unknown names the first twenty are compared', () => {
  const suggest = suggestions(known);
  const said = Array.from({ length: 30 }, () => suggest('timout'));
  expect(said.filter((text) => text === " (did you mean 'timeout'?)")).toHaveLength(20);
  expect(said.slice(20).every((text) => text === '')).toBe(true);
});
