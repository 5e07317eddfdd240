// Finds the lines of a log that contain a text, a few milliseconds at a time, while the log grows.
import { endOfSequence, escapeByte } from './escape-sequences.js';
import type { LogText } from './log-text.js';

/** So many lines are looked at between two looks at the clock. */
const turnLines = 500;

export class LogSearch {
  /** The numbers of the lines, in their order. */
  readonly hits: number[] = [];
  private readonly needle: Uint8Array;
  private next: number;

  /** Upper and lower case of ASCII letters are the same. */
  constructor(
    private readonly text: LogText,
    readonly query: string,
  ) {
    this.needle = new TextEncoder().encode(query).map(lower);
    this.next = text.first;
  }

  get isDone(): boolean {
    return this.next >= this.text.end;
  }

  /** Goes on until then (performance.now()), or until all lines have been looked at. */
  work(untilMs: number): void {
    while (!this.isDone && performance.now() < untilMs) {
      this.next = Math.max(this.next, this.text.first);
      const end = Math.min(this.text.end, this.next + turnLines);
      for (; this.next < end; this.next++) if (contains(this.text.bytesOf(this.next), this.needle)) this.hits.push(this.next);
    }
  }

  /** The index of the hit behind or before this line, and around the ends. */
  indexFrom(line: number, step: 1 | -1): number {
    const { hits } = this;
    if (step > 0) {
      const found = hits.findIndex((hit) => hit > line);
      return found < 0 ? 0 : found;
    }
    const found = hits.findLastIndex((hit) => hit < line);
    return found < 0 ? hits.length - 1 : found;
  }
}

/** `needle` in lower case; escape sequences between its letters do not count. */
function contains(bytes: Uint8Array, needle: Uint8Array): boolean {
  const end = bytes.length;
  for (let at = 0; at < end; at++) {
    if (bytes[at] === escapeByte) at = endOfSequence(bytes, at, end) - 1;
    else if (lower(bytes[at]) === needle[0] && isAt(bytes, at, needle)) return true;
  }
  return false;
}

function isAt(bytes: Uint8Array, at: number, needle: Uint8Array): boolean {
  let found = 1;
  let now = at + 1;
  while (found < needle.length && now < bytes.length) {
    if (bytes[now] === escapeByte) now = endOfSequence(bytes, now, bytes.length);
    else if (lower(bytes[now++]) !== needle[found++]) return false;
  }
  return found === needle.length;
}

function lower(byte: number): number {
  return byte >= 65 && byte <= 90 ? byte + 32 : byte;
}
