// A part of a streamed body that many responses send: also its chunk of the chunked coding is made once for all of them.
import type { RawReply } from './sse.js';

export interface SharedChunk {
  bytes: Buffer;
  /** The same as a chunk on the wire. */
  chunk: Buffer;
}

/** Null for no bytes: an empty chunk would end the response. */
export function sharedChunk(bytes: Buffer): SharedChunk | null {
  if (bytes.length === 0) return null;
  return { bytes, chunk: Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]) };
}

/**
 * Writes the part; false: the client takes the response more slowly than it is written. A response that is not yet the first of its
 * connection, or is not chunked, takes the bytes as any other.
 */
export function writeShared(raw: RawReply, { bytes, chunk }: SharedChunk): boolean {
  const { socket } = raw;
  return socket && raw.chunkedEncoding && raw.req.method !== 'HEAD' ? socket.write(chunk) : raw.write(bytes);
}
