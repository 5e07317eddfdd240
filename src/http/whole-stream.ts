// A stream that must bring as many bytes as were announced: a file that shrinks meanwhile cuts the response instead of stalling it.
import { Readable } from 'node:stream';

export function wholeStream(stream: Readable, bytes: number): Readable {
  const whole = Readable.from(counted(stream, bytes), { objectMode: false });
  whole.once('close', () => stream.destroy());
  return whole;
}

async function* counted(stream: Readable, bytes: number): AsyncGenerator<Buffer> {
  let left = bytes;
  for await (const chunk of stream) {
    left -= chunk.length;
    yield chunk;
  }
  if (left > 0) throw new Error(`the file became ${left} bytes shorter while it was read`);
}
