// Counts what went through stdout or stderr: the bytes, and whether they are text.
import { isUtf8 } from 'node:buffer';
import type { StreamCount } from './launcher.js';

/** Follows UTF-8 over chunk borders; a NUL makes the stream binary. */
export class StreamCounter {
  private bytes = 0;
  private text = true;
  private tail: Buffer = Buffer.alloc(0);

  add(chunk: Buffer): void {
    this.bytes += chunk.length;
    if (!this.text) return;
    const whole = this.tail.length > 0 ? Buffer.concat([this.tail, chunk]) : chunk;
    const end = whole.length - incompleteTailBytes(whole);
    this.text = isUtf8(whole.subarray(0, end)) && !chunk.includes(0);
    this.tail = Buffer.from(whole.subarray(end));
  }

  get count(): StreamCount {
    return { bytes: this.bytes, isText: this.text && this.tail.length === 0 };
  }
}
/** How many bytes at the end begin a UTF-8 sequence that is not complete yet. */
function incompleteTailBytes(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back];
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return byte >= 0xf0 ? incomplete(back, 4) : byte >= 0xe0 ? incomplete(back, 3) : incomplete(back, 2);
  }
  return 0;
}

function incomplete(present: number, needed: number): number {
  return present < needed ? present : 0;
}
