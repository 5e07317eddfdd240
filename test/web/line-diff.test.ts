// What two versions of a text differ in, and JSON as one reads it.
import { expect, test } from 'vitest';
import { jsonText } from '../../web/src/parts/json-text.js';
import { lineDiff } from '../../web/src/parts/line-diff.js';

const signs = { same: ' ', removed: '-', added: '+', gap: '@' };
const diff = (before: string[], after: string[]) =>
  lineDiff(before.join('\n'), after.join('\n')).map(({ kind, text }) => signs[kind] + (kind === 'gap' ? '' : text));

test('The same text has no difference', () => {
  expect(diff(['a', 'b'], ['a', 'b'])).toEqual([]);
});

test('Lines that came, went and stayed are told apart', () => {
  expect(diff(['a', 'b', 'c'], ['a', 'x', 'c', 'd'])).toEqual([' a', '-b', '+x', ' c', '+d']);
  expect(diff([''], ['a'])).toEqual(['-', '+a']);
  expect(diff(['a', 'b', 'a', 'b'], ['b', 'a', 'b', 'a'])).toEqual(['-a', ' b', ' a', ' b', '+a']);
});

test('Three lines around a change are shown, and one sign for the others', () => {
  const lines = Array.from({ length: 30 }, (_none, at) => String(at));
  expect(diff(lines, lines.with(15, 'x'))).toEqual(['@', ' 12', ' 13', ' 14', '-15', '+x', ' 16', ' 17', ' 18', '@']);
  expect(diff(lines, lines.with(5, 'x').with(20, 'y')).filter((line) => line === '@')).toHaveLength(3);
});

test('Texts of which everything differs are shown whole, however long', () => {
  const many = (letter: string) => Array.from({ length: 3000 }, (_none, at) => letter + at);
  const found = diff(many('a'), many('b'));
  expect([found.length, found[0], found.at(-1)]).toEqual([6000, '-a0', '+b2999']);
});

test('JSON has short lists in one line, and is the same value', () => {
  const value = {
    exec: 'x',
    argv: ['-i', { when: 'a', args: ['b'] }],
    none: {},
    empty: [],
    long: Array(40).fill('text'),
    text: 'a\nb "c"',
  };
  const text = jsonText(value);
  expect(JSON.parse(text)).toEqual(value);
  expect(text).toContain('  "argv": ["-i", { "when": "a", "args": ["b"] }],\n');
  expect(text.split('\n').every((line) => line.length <= 100)).toBe(true);
});
