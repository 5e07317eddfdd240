// Writes a body to the control directory of the run, counts its bytes, and digests them on demand.
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { dirname } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CodedError } from '../model/coded-error.js';

export interface Spooled {
  path: string;
  bytes: number;
  /** SHA-256 in hex; null where it was not wanted. */
  digest: string | null;
}

/** `digested`: the digest is wanted, which takes more time than all else. */
export interface SpoolOptions {
  boundBytes: number;
  digested: boolean;
  /** Asked every few MiB: throws when there is no room for more. */
  room?: () => void;
}

/** After so many bytes there must still be room. */
const askedEveryBytes = 4 * 2 ** 20;
/** While a write is under way, what comes is collected, so that the next write has more bytes than one chunk of a connection. */
const collectedBytes = 2 ** 20;

/** Throws message_too_large beyond `boundBytes`; the source is then left unread. */
export async function spool(source: Readable, path: string, { boundBytes, digested, room }: SpoolOptions): Promise<Spooled> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const hash = digested ? createHash('sha256') : null;
  const counter = new ByteCounter(boundBytes, { see: (chunk) => hash?.update(chunk), room });
  const chunks = source.iterator({ destroyOnReturn: false });
  await pipeline(chunks, counter, createWriteStream(path, { mode: 0o600, highWaterMark: collectedBytes }));
  return { path, bytes: counter.bytes, digest: hash?.digest('hex') ?? null };
}

/** Passes bytes on, and fails with message_too_large when there are too many, or as `room` does. */
export class ByteCounter extends Transform {
  bytes = 0;

  constructor(
    private readonly boundBytes: number,
    private readonly watching: { see?: (chunk: Buffer) => void; room?: () => void } = {},
  ) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: string, done: (error: Error | null, chunk?: Buffer) => void): void {
    this.bytes += chunk.length;
    if (this.bytes > this.boundBytes) return done(messageTooLarge(this.boundBytes));
    this.watching.see?.(chunk);
    done(this.fault(this.bytes - chunk.length), chunk);
  }

  /** Why no more may come after these bytes, in every step of some MiB. */
  private fault(formerBytes: number): Error | null {
    if (Math.floor(formerBytes / askedEveryBytes) === Math.floor(this.bytes / askedEveryBytes)) return null;
    try {
      this.watching.room?.();
      return null;
    } catch (error) {
      return error as Error;
    }
  }
}

/** Streams a body as it arrives; fails when the body is too large, or when its sender goes away. */
export function boundedBody(body: IncomingMessage, boundBytes: number, room?: () => void): ByteCounter {
  if (Number(body.headers['content-length'] ?? 0) > boundBytes) throw messageTooLarge(boundBytes);
  const counter = new ByteCounter(boundBytes, { room });
  const breakOff = () => !body.readableEnded && counter.destroy(new CodedError('invalid_request', 'the body broke off'));
  counter.on('error', () => {});
  body.once('close', breakOff);
  if (body.destroyed) breakOff();
  return body.pipe(counter);
}

export function messageTooLarge(boundBytes: number): CodedError {
  return new CodedError('message_too_large', `a message may have at most ${boundBytes} bytes (MAX_MESSAGE_BYTES)`);
}
