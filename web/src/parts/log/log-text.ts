// The text of a log in memory: bytes in pages, and lines that are found by their number; a million of them take little more than their bytes.
import { escapeByte, type Look, plainLook, spansOf, withoutSequences } from './escape-sequences.js';
import { carriageReturn, isReset, lastState } from './line-bytes.js';
import { type LineFacts, LineTable } from './line-table.js';

export type LogStream = 'stdout' | 'stderr';

export interface LogLine {
  text: string;
  /** `note`: not of the program, but about it. */
  kind: LogStream | 'note';
  timeMs: number;
  /** The look with which it begins. */
  look: Look;
  /** It was too long, and the next line continues it. */
  isCut: boolean;
}

interface Unfinished {
  bytes: Uint8Array;
  length: number;
  timeMs: number;
  look: Look;
}

const pageBytes = 256 * 1024;
/** A longer line is shown as several. */
const mostLineBytes = 16 * 1024;
/** What is beyond is forgotten, the oldest first; all of it can be downloaded. */
const usualMostBytes = 256 * 1024 * 1024;
const kinds = ['stdout', 'stderr', 'note'] as const;
const cutBit = 4;
const newline = 10;
const decoder = new TextDecoder();
const encoder = new TextEncoder();

export class LogText {
  /** The number of the first line that is kept; those before it were forgotten. */
  first = 0;
  private readonly lines = new LineTable();
  private readonly pages: Uint8Array[] = [];
  private droppedPages = 0;
  private pageUsed = pageBytes;
  private readonly looks: Look[] = [plainLook];
  private readonly unfinished: Record<LogStream, Unfinished> = { stdout: nothing(), stderr: nothing() };

  constructor(private readonly mostBytes = usualMostBytes) {}

  /** The number behind that of the last line which is complete. */
  get end(): number {
    return this.first + this.lines.length;
  }

  /** The same, with lines that have been begun: prompts and progress bars. */
  get shownEnd(): number {
    return this.end + this.begun.length;
  }

  append(stream: LogStream, bytes: Uint8Array, timeMs: number): void {
    const line = this.unfinished[stream];
    const isSimple = !bytes.includes(carriageReturn);
    for (let at = 0; at < bytes.length; ) {
      if (isSimple && line.length === 0) at = this.addLines(stream, bytes, at, timeMs);
      if (at === bytes.length) return;
      const found = bytes.indexOf(newline, at);
      const end = found < 0 ? bytes.length : found;
      if (line.length === 0) line.timeMs = timeMs;
      this.extend(stream, bytes.subarray(at, end));
      if (found >= 0) this.finish(stream);
      at = end + 1;
    }
  }

  /** What was begun is complete: nothing more comes. */
  close(): void {
    for (const stream of ['stdout', 'stderr'] as const) if (this.unfinished[stream].length > 0) this.finish(stream);
  }

  note(text: string, timeMs: number): void {
    this.close();
    for (const stream of ['stdout', 'stderr'] as const) this.unfinished[stream].look = plainLook;
    this.put(encoder.encode(text), { kind: kinds.indexOf('note'), timeMs, look: 0 });
  }

  line(number: number): LogLine {
    if (number >= this.end) return this.begunLine(this.begun[number - this.end]);
    const { timeMs, kind, look } = this.lines.at(number - this.first);
    const text = decoder.decode(this.bytesOf(number));
    return { text, kind: kinds[kind & ~cutBit], timeMs, look: this.looks[look], isCut: (kind & cutBit) !== 0 };
  }

  /** Of a complete line. */
  bytesOf(number: number): Uint8Array {
    const { page, start, lengthBytes } = this.lines.at(number - this.first);
    return this.pages[page - this.droppedPages].subarray(start, start + lengthBytes);
  }

  /** About how many columns a line takes. */
  widthOf(number: number): number {
    return number < this.end ? this.lines.at(number - this.first).lengthBytes : this.unfinished[this.begun[number - this.end]].length;
  }

  /** As a text to be copied: from a column of one line to a column of another one. */
  textBetween(from: { line: number; column: number }, to: { line: number; column: number }): string {
    const parts: string[] = [];
    for (let number = Math.max(this.first, from.line); number <= to.line && number < this.shownEnd; number++) {
      const { text, isCut } = this.line(number);
      const plain = withoutSequences(text);
      const [begin, end] = [number === from.line ? from.column : 0, number === to.line ? to.column : plain.length];
      parts.push(plain.slice(begin, end), isCut || number === to.line ? '' : '\n');
    }
    return parts.join('');
  }

  private get begun(): LogStream[] {
    return (['stdout', 'stderr'] as const).filter((stream) => this.unfinished[stream].length > 0);
  }

  private begunLine(stream: LogStream): LogLine {
    const { bytes, length, timeMs, look } = this.unfinished[stream];
    return { text: decoder.decode(lastState(bytes.subarray(0, length))), kind: stream, timeMs, look, isCut: false };
  }

  /** The way of most bytes: whole lines, copied as many at once as a page takes. Returns how far it came. */
  private addLines(stream: LogStream, bytes: Uint8Array, from: number, timeMs: number): number {
    const line = this.unfinished[stream];
    const hasSequences = bytes.includes(escapeByte);
    const facts = { timeMs, kind: kinds.indexOf(stream), look: this.numberOf(line.look) };
    let at = from;
    for (let end = bytes.indexOf(newline, at); end >= 0 && end - at <= mostLineBytes; ) {
      if (this.pageUsed + end - at > pageBytes) this.openPage();
      const page = this.droppedPages + this.pages.length - 1;
      const [first, shift] = [at, this.pageUsed - at];
      for (; end >= 0 && end - at <= mostLineBytes && shift + end <= pageBytes; end = bytes.indexOf(newline, at)) {
        this.lines.push(page, shift + at, end - at, facts);
        if (hasSequences) facts.look = this.lookAfter(line, bytes, at, end);
        at = end + 1;
      }
      this.pages[this.pages.length - 1].set(bytes.subarray(first, at - 1), shift + first);
      this.pageUsed = Math.min(pageBytes, shift + at);
    }
    return at;
  }

  private lookAfter(line: Unfinished, bytes: Uint8Array, from: number, to: number): number {
    if (from === to) return this.numberOf(line.look);
    const last = bytes.lastIndexOf(escapeByte, to - 1);
    if (last >= from) line.look = isReset(bytes, last) ? plainLook : spansOf(decoder.decode(bytes.subarray(from, to)), line.look).next;
    return this.numberOf(line.look);
  }

  private extend(stream: LogStream, piece: Uint8Array): void {
    const line = this.unfinished[stream];
    let rest = piece;
    while (line.length + rest.length > mostLineBytes) {
      const room = mostLineBytes - line.length;
      line.bytes.set(rest.subarray(0, room), line.length);
      rest = rest.subarray(room);
      line.length = mostLineBytes;
      if (!this.rewind(line)) this.cut(stream);
    }
    line.bytes.set(rest, line.length);
    line.length += rest.length;
  }

  /** Forgets former states of a line that is written again and again. */
  private rewind(line: Unfinished): boolean {
    const last = line.bytes.subarray(0, line.length).lastIndexOf(carriageReturn);
    const former = last < 1 ? -1 : line.bytes.subarray(0, last).lastIndexOf(carriageReturn);
    const from = former >= 0 ? former : last;
    if (from < mostLineBytes / 4) return false;
    line.bytes.copyWithin(0, from, line.length);
    line.length -= from;
    return true;
  }

  /** Adds what is there as a line that the next one continues; not within a character. */
  private cut(stream: LogStream): void {
    const line = this.unfinished[stream];
    let end = line.length;
    while (end > line.length - 4 && (line.bytes[end - 1] & 0xc0) === 0x80) end--;
    if (end > line.length - 4 && line.bytes[end - 1] >= 0xc0) end--;
    else end = line.length;
    const left = line.bytes.slice(end, line.length);
    this.add(stream, line.bytes.subarray(0, end), line, cutBit);
    line.bytes.set(left);
    line.length = left.length;
  }

  private finish(stream: LogStream): void {
    const line = this.unfinished[stream];
    this.add(stream, line.bytes.subarray(0, line.length), line, 0);
    line.length = 0;
  }

  private add(stream: LogStream, all: Uint8Array, line: Unfinished, bit: number): void {
    const bytes = all.includes(carriageReturn) ? lastState(all) : all;
    this.put(bytes, { kind: kinds.indexOf(stream) | bit, timeMs: line.timeMs, look: this.numberOf(line.look) });
    this.lookAfter(line, bytes, 0, bytes.length);
  }

  private put(bytes: Uint8Array, facts: LineFacts): void {
    if (this.pageUsed + bytes.length > pageBytes) this.openPage();
    this.pages[this.pages.length - 1].set(bytes, this.pageUsed);
    this.lines.push(this.droppedPages + this.pages.length - 1, this.pageUsed, bytes.length, facts);
    this.pageUsed += bytes.length;
  }

  private openPage(): void {
    if ((this.pages.length + 1) * pageBytes > this.mostBytes) {
      this.first += this.lines.dropPage(this.droppedPages++);
      this.pages.shift();
    }
    this.pages.push(new Uint8Array(pageBytes));
    this.pageUsed = 0;
  }

  /** Beyond 255 looks further ones are plain. */
  private numberOf(look: Look): number {
    if (look === plainLook) return 0;
    const text = JSON.stringify(look);
    const known = this.looks.findIndex((one) => JSON.stringify(one) === text);
    if (known >= 0 || this.looks.length === 255) return Math.max(0, known);
    return this.looks.push(look) - 1;
  }
}

function nothing(): Unfinished {
  return { bytes: new Uint8Array(mostLineBytes), length: 0, timeMs: 0, look: plainLook };
}
