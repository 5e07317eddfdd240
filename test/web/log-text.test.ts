// The text of a log: lines of two streams, cut anywhere, rewritten, coloured, bounded, found and copied.
import { describe, expect, test } from 'vitest';
import { type Look, spansOf, withoutSequences } from '../../web/src/parts/log/escape-sequences.js';
import { LogFeed } from '../../web/src/parts/log/log-feed.js';
import { LogSearch } from '../../web/src/parts/log/log-search.js';
import { type LogStream, LogText } from '../../web/src/parts/log/log-text.js';
import { lineAt, scrollTopOf, spacePx } from '../../web/src/parts/log/scroll-place.js';

const encoder = new TextEncoder();

function textOf(...pieces: (string | [LogStream, string])[]): LogText {
  const text = new LogText();
  for (const piece of pieces) {
    const [stream, content] = typeof piece === 'string' ? (['stdout', piece] as const) : piece;
    text.append(stream, encoder.encode(content), 1000);
  }
  return text;
}

const linesOf = (text: LogText) =>
  Array.from({ length: text.shownEnd - text.first }, (_, index) => withoutSequences(text.line(text.first + index).text));

describe('lines', () => {
  test('A line is whole wherever its bytes were cut', () => {
    const bytes = encoder.encode('erste Zeile ä\nzweite 🎉\n\nletzte');
    for (let at = 0; at <= bytes.length; at++) {
      const text = new LogText();
      text.append('stdout', bytes.subarray(0, at), 1);
      text.append('stdout', bytes.subarray(at), 2);
      expect(linesOf(text)).toEqual(['erste Zeile ä', 'zweite 🎉', '', 'letzte']);
    }
  });

  test('Lines of two streams are not mixed, and what was begun stands at the end', () => {
    const text = textOf('half', ['stderr', 'error\n'], ' and half\nprompt> ');
    expect(linesOf(text)).toEqual(['error', 'half and half', 'prompt> ']);
    expect([0, 1, 2].map((number) => text.line(number).kind)).toEqual(['stderr', 'stdout', 'stdout']);
    expect([text.end, text.shownEnd]).toEqual([2, 3]);
    text.close();
    expect([text.end, text.shownEnd]).toEqual([3, 3]);
  });

  test('A line that is written again shows its last state', () => {
    expect(linesOf(textOf('10 %\r20 %\r30 %\ndone\r\n'))).toEqual(['30 %', 'done']);
    expect(linesOf(textOf('10 %\r20 %\r'))).toEqual(['20 %']);
    expect(linesOf(textOf('10 %\r\u001b[K'))).toEqual(['10 %']);
  });

  test('A progress bar that never ends its line takes no more than a line', () => {
    const text = new LogText();
    for (let step = 0; step < 100_000; step++) text.append('stderr', encoder.encode(`\r${step} of 100000`), 1);
    expect(linesOf(text)).toEqual(['99999 of 100000']);
  });

  test('A long line is shown as several, and copied as one', () => {
    const long = 'äöü'.repeat(20_000);
    const text = textOf(`${long}\nnext\n`);
    expect(text.end).toBeGreaterThan(5);
    expect(linesOf(text).join('')).toBe(`${long}next`);
    expect(text.textBetween({ line: 0, column: 0 }, { line: text.end - 1, column: 4 })).toBe(`${long}\nnext`);
  });

  test('The oldest lines are forgotten beyond a bound, and the numbers of the others stay', () => {
    const text = new LogText(1024 * 1024);
    for (let line = 0; line < 50_000; line++) text.append('stdout', encoder.encode(`line ${line} ${'.'.repeat(60)}\n`), line);
    expect(text.first).toBeGreaterThan(20_000);
    expect(text.end).toBe(50_000);
    for (const number of [text.first, 40_000, 49_999])
      expect(text.line(number)).toMatchObject({ timeMs: number, text: expect.stringMatching(new RegExp(`^line ${number} `)) });
  });
});

describe('colours', () => {
  const looksOf = (text: string, first: Look = {}) => spansOf(text, first).spans.map(({ text: piece, look }) => [piece, look]);

  test('Sixteen, 256 and true colours and the other looks', () => {
    expect(looksOf('\u001b[1;31mred\u001b[0m plain')).toEqual([
      ['red', { bold: true, color: 1 }],
      [' plain', {}],
    ]);
    expect(looksOf('\u001b[38;5;208;4mx')).toEqual([['x', { color: 'rgb(255 135 0)', underline: true }]]);
    expect(looksOf('\u001b[48;2;1;2;3mx\u001b[49my')).toEqual([
      ['x', { background: 'rgb(1 2 3)' }],
      ['y', { background: undefined }],
    ]);
    expect(looksOf('\u001b[97;44mx')).toEqual([['x', { color: 15, background: 4 }]]);
  });

  test('A colour lasts over lines until it is reset', () => {
    const text = textOf('\u001b[32mgreen\nstill\u001b[m\nplain\n');
    expect([0, 1, 2].map((number) => text.line(number).look)).toEqual([{}, { color: 2 }, {}]);
  });

  test('Other sequences are not shown', () => {
    expect(withoutSequences('\u001b]0;title\u0007a\u001b[2Kb\u001b]8;;http://x\u001b\\c\u001b(Bd')).toBe('abcd');
  });
});

describe('search', () => {
  const found = (text: LogText, query: string) => {
    const search = new LogSearch(text, query);
    search.work(Number.POSITIVE_INFINITY);
    return search;
  };

  test('Case does not count, nor do colours within a word, and what comes later is found too', () => {
    const text = textOf('an Error\nfine\n\u001b[31mERR\u001b[0mOR\n31m\n');
    const search = found(text, 'error');
    expect(search.hits).toEqual([0, 2]);
    text.append('stdout', encoder.encode('error again\n'), 1);
    search.work(Number.POSITIVE_INFINITY);
    expect(search.hits).toEqual([0, 2, 4]);
    expect(found(text, '[31m').hits).toEqual([]);
    expect(found(textOf('Käse\n'), 'käse').hits).toEqual([0]);
  });

  test('The next and the previous one are found around the ends', () => {
    const search = found(textOf('a\nb\na\nb\n'), 'b');
    expect([search.indexFrom(0, 1), search.indexFrom(1, 1), search.indexFrom(3, 1)]).toEqual([0, 1, 0]);
    expect([search.indexFrom(3, -1), search.indexFrom(1, -1)]).toEqual([0, 1]);
  });
});

describe('events', () => {
  const event = (point: number, data: string, type = 'run.stdout') => ({ id: `run:${point}`, type, time: '2026-11-30T12:00:00Z', data });
  const all = (feed: LogFeed) => {
    feed.work(Number.POSITIVE_INFINITY);
    return linesOf(feed.text);
  };

  test('A log that is told again, in other pieces, comes once', () => {
    const feed = new LogFeed();
    feed.take([event(10, 'one\ntw'), event(20, 'bad\n', 'run.stderr')]);
    feed.again();
    feed.take([event(8, 'on'), event(20, 'e\ntwo\nthree\n'), event(30, 'bad\nworse\n', 'run.stderr')]);
    feed.again();
    feed.take([event(30, 'one\ntwo\nthree\nfour\n')]);
    expect(all(feed)).toEqual(['one', 'bad', 'two', 'three', 'worse', 'four']);
  });

  test('Bytes that are no text come as they are', () => {
    const feed = new LogFeed();
    feed.take([
      { ...event(10, ''), data: undefined, data_base64: btoa('caf\u00c3') },
      { ...event(20, ''), data_base64: btoa('\u00a9\r\n') },
    ]);
    expect(all(feed)).toEqual(['café']);
  });

  test('Another attempt begins anew below a line that says so', () => {
    const feed = new LogFeed();
    feed.take([event(10, 'first\nbroke'), event(2 ** 40 + 10, 'first\n')]);
    feed.again();
    feed.take([event(2 ** 40 + 20, 'first\nsecond\n'), event(0, '', 'run.log.ended')]);
    expect(all(feed)).toEqual(['first', 'broke', 'Attempt 2', 'first', 'second']);
    expect(feed.hasEnded).toBe(true);
  });
});

test('Each line of a million can be reached by the scroll bar', () => {
  for (const count of [10, 1000, 1_000_000, 5_000_000]) {
    const size = { count, heightPx: 500, lastRows: Math.min(count, 25) };
    expect(spacePx(size)).toBeLessThan(16_000_000);
    expect(lineAt(spacePx(size) - 500, size)).toBe(count - size.lastRows);
    expect(lineAt(0, size)).toBe(0);
    for (const line of [0, 3, count >> 1]) if (line < count - 25) expect(lineAt(scrollTopOf(line, size), size)).toBeCloseTo(line);
  }
});
