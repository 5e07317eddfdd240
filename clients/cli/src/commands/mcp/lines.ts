// Cuts a stream into lines as the protocol does, at line feeds alone: readline also cuts at characters that JSON may have in its strings.
import type { Readable } from 'node:stream';

/** The most bytes of a line; no server takes as many. */
const lineBytes = 32 * 2 ** 20;
const lineFeed = 10;

/** Each line without its end; null for one that is too long. */
export async function* linesOf(stream: Readable): AsyncGenerator<string | null> {
  let pieces: Buffer[] = [];
  let length = 0;
  const add = (piece: Buffer) => {
    length += piece.length;
    if (length > lineBytes) pieces = [];
    else pieces.push(piece);
  };
  const take = () => {
    const line = length > lineBytes ? null : Buffer.concat(pieces).toString();
    pieces = [];
    length = 0;
    return line;
  };
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      add(chunk.subarray(start, end));
      yield take();
      start = end + 1;
    }
    add(chunk.subarray(start));
  }
  if (length > 0) yield take();
}
