// What the page says of runs and of what they leave: the sentence of each end, tables of CSV, and how a type is shown.
import { expect, test } from 'vitest';
import { csvRows } from '../../web/src/parts/output/csv.js';
import { kindOf } from '../../web/src/parts/output/kind-of.js';
import { endSentence } from '../../web/src/views/run/end-sentence.js';

const ended = { end_reason: 'exit', exit_code: 0, signal: null, success: true, duration_ms: 82 } as const;

test('Each end is a sentence', () => {
  expect(endSentence(ended)).toBe('Succeeded after 82 ms');
  expect(endSentence({ ...ended, exit_code: 3, success: false })).toBe('Ended with exit code 3 after 82 ms');
  expect(endSentence({ ...ended, end_reason: 'signal', signal: 'SIGKILL', success: false })).toBe(
    'Ended by the signal SIGKILL after 82 ms',
  );
  const reasons = [
    'timeout',
    'stop',
    'output_limit',
    'memory_limit',
    'cpu_limit',
    'file_size_limit',
    'input_error',
    'output_error',
  ] as const;
  const sentences = reasons.map((end_reason) => endSentence({ ...ended, end_reason, success: false }));
  expect(new Set(sentences).size).toBe(reasons.length);
  for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].* after 82 ms$/);
  const unstarted = { ...ended, success: false, duration_ms: null };
  expect(endSentence({ ...unstarted, end_reason: 'spawn_error' })).toBe('The program could not be started');
  expect(endSentence({ ...unstarted, end_reason: 'cancelled' })).toBe('Cancelled before it started');
  expect(endSentence({ ...unstarted, end_reason: 'lost' })).toContain('lost');
});

test('CSV with quotes, line breaks in cells, other separators and missing ends', () => {
  expect(csvRows('a,b\r\n"1, ""x""",2\r\n', 10)).toEqual([
    ['a', 'b'],
    ['1, "x"', '2'],
  ]);
  expect(csvRows('a;b\n"1\n2";\n', 10)).toEqual([
    ['a', 'b'],
    ['1\n2', ''],
  ]);
  expect(csvRows('a\tb\n1\t2', 10)).toEqual([
    ['a', 'b'],
    ['1', '2'],
  ]);
  expect(csvRows('a,b\n1,', 10)).toEqual([
    ['a', 'b'],
    ['1', ''],
  ]);
  expect(csvRows('a\n\nb\n', 10)).toEqual([['a'], [''], ['b']]);
  expect(csvRows('"open', 10)).toEqual([['open']]);
  expect(csvRows('1\n2\n3\n', 2)).toEqual([['1'], ['2']]);
});

test('A type says how something is shown', () => {
  const types = ['text/plain; charset=utf-8', 'application/problem+json', 'text/csv', 'image/svg+xml', 'audio/mpeg', 'application/pdf'];
  expect(types.map((type) => kindOf(type, 'output'))).toEqual(['text', 'json', 'csv', 'image', 'audio', 'pdf']);
  expect(kindOf('text/plain', 'numbers.CSV')).toBe('csv');
  expect(kindOf('text/html', 'page.html')).toBe('text');
  expect(kindOf('application/zip', 'all.zip')).toBe('other');
});
