// Where one message ends and the next begins: at a newline, at the end of one read, or after the length that precedes the message.
import type { Readable } from 'node:stream';
import type { ChosenAdapter } from '../../model/adapter-choice.js';
import { CodedError } from '../../model/coded-error.js';
import { chunksOf } from '../run/message-stream.js';
import type { OutputFrame } from './output-adapter.js';

export type Framing = 'line' | 'chunk' | 'length32';

/** Frames are held in memory: a longer frame is refused, in either direction. */
export const longestFrameBytes = 16 * 2 ** 20;
const lengthBytes = 4;
const newline = 0x0a;

/** The framing that the definition names, by default lines. */
export function framingOf({ parameters }: ChosenAdapter): Framing {
  return (parameters.framing as Framing | undefined) ?? 'line';
}

/** A message for a program that reads one message only: a line gets the newline that it lacks. */
export async function* framedMessage(message: Readable, framing: Framing): AsyncGenerator<Buffer> {
  if (framing === 'length32') return yield* wholeMessage(message, framing);
  let last: number | undefined;
  for await (const chunk of chunksOf(message)) {
    yield chunk;
    last = chunk.at(-1) ?? last;
  }
  if (framing === 'line' && last !== newline) yield Buffer.of(newline);
}

/** A message that others follow: neither a line nor a length begins before the whole message has arrived, so that a message that breaks off is never begun. */
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
  return new CodedError(code, `${what} is longer than a frame may be; at most ${longestFrameBytes} bytes are allowed`);
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

  /** The last frame, when its end is missing. Throws output_error when the frame is shorter than its length says. */
  *finish(): Generator<OutputFrame> {
    if (this.heldBytes === 0) return;
    if (this.framing !== 'length32') yield this.take(this.heldBytes);
    else throw new CodedError('output_error', 'the program ended within a message: the message is shorter than its announced length');
  }

  /** Where the frame ends, in bytes of the held parts; 0: unknown. For a line only `latest`, the last part, is searched. */
  private endOf(latest: Buffer | undefined): number {
    if (!latest) return 0;
    if (this.framing === 'chunk') return this.heldBytes;
    if (this.framing === 'length32') return this.announced();
    const at = latest.indexOf(newline);
    return at < 0 ? 0 : this.heldBytes - latest.length + at + 1;
  }

  /** The announced length of the frame, including the length field. */
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
