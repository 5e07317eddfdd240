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
  /** The ETag that the beginning of these bytes had while they became more, which If-Range may name as well. */
  growingEtag?: string;
  /** When the bytes were changed, where that is known. */
  modifiedAtMs?: number;
  bytes: number;
  type: string | null;
  open(range: ByteRange | undefined): Promise<Readable> | Readable;
}

export async function sendRanged(request: Request, reply: Reply, content: RangedContent): Promise<void> {
  const { etag, growingEtag, modifiedAtMs, bytes, type, open } = content;
  void reply.header('accept-ranges', 'bytes').header('content-type', type);
  if (isKnown(request, reply, { etag, modifiedAtMs })) return sendEmpty(reply, 304);
  const range = rangeOr416(usedRange(request, [etag, growingEtag]), reply, bytes);
  if (range) void reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${bytes}`);
  const length = range ? range.end - range.start + 1 : bytes;
  if (request.method === 'HEAD')
    return sendHead(reply.header('content-length', String(length)).header('content-security-policy', sandboxed));
  await sendBytes(reply, await open(range), length);
}

/** The header Range; undefined where If-Range names none of these ETags, so that the whole is sent. */
export function usedRange({ headers }: Request, etags: (string | undefined)[]): string | undefined {
  const { range, 'if-range': wanted } = headers;
  return wanted === undefined || etags.includes(wanted as string) ? range : undefined;
}

/** Undefined: the whole. Throws range_not_satisfiable. */
export function rangeOr416(range: string | undefined, reply: Reply, bytes: number): ByteRange | undefined {
  try {
    return parseRange(range, bytes);
  } catch (error) {
    void reply.header('content-range', `bytes */${bytes}`);
    throw error;
  }
}
