// Responds with bytes that have a length and an ETag: all of them, one range, or none when they are unchanged.
import type { Readable } from 'node:stream';
import type { ByteRange } from '../results/outputs.js';
import { isKnown, readConditions } from './conditions.js';
import { parseRange } from './range.js';
import type { Reply, Request } from './request.js';
import { sandboxed, sendBytes } from './send-bytes.js';
import { sendEmpty, sendHead } from './send-response.js';

/** For the documentation of routes that respond so. */
export const rangeHeaders = { Range: 'one range of bytes', 'If-Range': 'an ETag', ...readConditions };

export interface RangedContent {
  etag: string;
  /** When the bytes were changed, where that is known. */
  modifiedAtMs?: number;
  bytes: number;
  type: string | null;
  open(range: ByteRange | undefined): Promise<Readable> | Readable;
}

export async function sendRanged(request: Request, reply: Reply, { etag, modifiedAtMs, bytes, type, open }: RangedContent): Promise<void> {
  void reply.header('accept-ranges', 'bytes').header('content-type', type);
  if (isKnown(request, reply, { etag, modifiedAtMs })) return sendEmpty(reply, 304);
  const ranged = request.headers['if-range'] === undefined || request.headers['if-range'] === etag;
  const range = ranged ? rangeOr416(request, reply, bytes) : undefined;
  if (range) void reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${bytes}`);
  const length = range ? range.end - range.start + 1 : bytes;
  if (request.method === 'HEAD')
    return sendHead(reply.header('content-length', String(length)).header('content-security-policy', sandboxed));
  await sendBytes(reply, await open(range), length);
}

function rangeOr416(request: Request, reply: Reply, bytes: number): ByteRange | undefined {
  try {
    return parseRange(request.headers.range, bytes);
  } catch (error) {
    void reply.header('content-range', `bytes */${bytes}`);
    throw error;
  }
}
