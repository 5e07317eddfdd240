// Where one message ends and the next begins: at a newline, with what is read at once, or after the length that stands before it.
import type { Readable } from 'node:stream';
import type { ChosenAdapter } from '../../model/adapter-choice.js';
import { CodedError } from '../../model/coded-error.js';
import { chunksOf } from '../run/message-stream.js';
import type { OutputFrame } from './output-adapter.js';

export type Framing = 'line' | 'chunk' | 'length32';

/** Frames are held in memory: a longer one is refused, in either direction. */
export const longestFrameBytes = 16 * 2 ** 20;
const lengthBytes = 4;
const newline = 0x0a;

/** What the definition says, else lines. */
export function framingOf({ parameters }: ChosenAdapter): Framing {
  return (parameters.framing as Framing | undefined) ?? 'line';
}

/** A message as a program gets it that reads nothing else there: a line gets the newline that it lacks. */
export async function* framedMessage(message: Readable, framing: Framing): AsyncGenerator<Buffer> {
  if (framing === 'length32') return yield* wholeMessage(message, framing);
  let last: number | undefined;
  for await (const chunk of chunksOf(message)) {
    yield chunk;
    last = chunk.at(-1) ?? last;
  }
  if (framing === 'line' && last !== newline) yield Buffer.of(newline);
}

/** The same where others follow: a line or a length is not begun before the message is whole, which one that breaks off never is. */
export async function* wholeMessage(message: Readable, framing: Framing): AsyncGenerator<Buffer> {
  if (framing === 'chunk') return yield* chunksOf(message);
  const parts: Buffer[] = framing === 'length32' ? [Buffer.alloc(lengthBytes)] : [];
  let bytes = 0;
  for await (const chunk of chunksOf(message)) {
    bytes += chunk.length;
    if (bytes > longestFrameBytes) throw tooLong('input_error', 'the message');
    parts.push(chunk);
  }
  if (framing === 'length32') parts[0].writeUInt32BE(bytes);
  else if (parts.at(-1)?.at(-1) !== newline) parts.push(Buffer.of(newline));
  yield Buffer.concat(parts);
}

function tooLong(code: 'input_error' | 'output_error', what: string): CodedError {
  return new CodedError(code, `${what} is longer than a frame may be, ${longestFrameBytes} bytes`);
}

/** Cuts what a program writes into frames. A frame of `line` keeps its newline; one of `length32` comes without its length. */
export class FrameCutter {
  private parts: Buffer[] = [];
  private heldBytes = 0;
  private announcedBytes = 0;

  /** `position`: where in its source the first byte lies. */
  constructor(
    private readonly framing: Framing,
    private position = 0,
  ) {}

  /** Throws output_error when a frame is too long. */
  *push(chunk: Buffer): Generator<OutputFrame> {
    this.parts.push(chunk);
    this.heldBytes += chunk.length;
    for (let end = this.endOf(chunk); end > 0 && end <= this.heldBytes; end = this.endOf(this.parts[0])) yield this.take(end);
    if (this.heldBytes > longestFrameBytes + lengthBytes) throw tooLong('output_error', 'what the program wrote');
  }

  /** What came last without its end. Throws output_error when it lacks a part of what its length says. */
  *finish(): Generator<OutputFrame> {
    if (this.heldBytes === 0) return;
    if (this.framing !== 'length32') yield this.take(this.heldBytes);
    else throw new CodedError('output_error', 'the program ended within a message: it is shorter than the length before it says');
  }

  /** In bytes of what is held; 0: unknown. For a line only `latest`, the last part, is looked at. */
  private endOf(latest: Buffer | undefined): number {
    if (!latest) return 0;
    if (this.framing === 'chunk') return this.heldBytes;
    if (this.framing === 'length32') return this.announced();
    const at = latest.indexOf(newline);
    return at < 0 ? 0 : this.heldBytes - latest.length + at + 1;
  }

  /** With the length itself. */
  private announced(): number {
    if (this.announcedBytes > 0 || this.heldBytes < lengthBytes) return this.announcedBytes;
    const length = this.whole().readUInt32BE();
    if (length > longestFrameBytes) throw tooLong('output_error', `a message of ${length} bytes`);
    this.announcedBytes = lengthBytes + length;
    return this.announcedBytes;
  }

  private take(endBytes: number): OutputFrame {
    const held = this.whole();
    this.parts = endBytes < held.length ? [held.subarray(endBytes)] : [];
    this.heldBytes -= endBytes;
    this.announcedBytes = 0;
    this.position += endBytes;
    return { bytes: held.subarray(this.framing === 'length32' ? lengthBytes : 0, endBytes), position: this.position };
  }

  private whole(): Buffer {
    if (this.parts.length > 1) this.parts = [Buffer.concat(this.parts)];
    return this.parts[0];
  }
}
