// Server-Sent Events on the wire: the head of the response, one event, and bytes that may not be text.
import { isUtf8 } from 'node:buffer';
import type { Socket } from 'node:net';
import type { FastifyReply } from 'fastify';

const keepAliveMs = 15_000;

export type RawReply = FastifyReply['raw'];

export interface SentEvent {
  name: string;
  /** Left out: the client keeps the previous id. */
  id?: number | string;
  data: string;
  /** When it happened, by RFC 3339: in the field `time`, which EventSource does not know and leaves out. */
  time?: string;
}

/** Responds with 200 and events, and keeps the connection alive while `say` sends them. `gone` resolves when the client has left. */
export async function sendEventStream(reply: FastifyReply, say: (raw: RawReply, gone: Promise<null>) => Promise<void>): Promise<void> {
  const { raw } = reply;
  reply.hijack();
  raw.on('error', () => {});
  raw.writeHead(200, {
    ...reply.getHeaders(),
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  } as never);
  raw.flushHeaders();
  const gone = new Promise<null>((resolve) => {
    raw.once('close', () => resolve(null));
    // the client left before the listener was added
    if (raw.destroyed) resolve(null);
  });
  const keepAlive = setInterval(() => raw.write(': keep-alive\n\n'), keepAliveMs);
  try {
    await say(raw, gone);
  } finally {
    clearInterval(keepAlive);
    raw.end();
  }
}

/** Writes one event; resolves when the client can take more. */
export function writeEvent(raw: RawReply, event: SentEvent): Promise<void> {
  return writeText(raw, eventText(event));
}

/** The event as it is on the wire. */
export function eventText({ name, id, data, time }: SentEvent): string {
  const lines = data
    .split('\n')
    .map((line) => `data: ${line}\n`)
    .join('');
  return `event: ${name}\n${id === undefined ? '' : `id: ${id}\n`}${time === undefined ? '' : `time: ${time}\n`}${lines}\n`;
}

/** Writes one or more complete events; resolves when the client can take more. */
export async function writeText(raw: RawReply, text: string | Buffer): Promise<void> {
  if (text.length > 0 && !raw.destroyed && !raw.write(text)) await drained(raw);
}

/** Resolves when the client can take more, or is gone. */
export async function drained(raw: RawReply): Promise<void> {
  await emptied(raw.writableNeedDrain ? raw : raw.socket);
}

/** Resolves when the receiver of these bytes can take more, or is gone. */
export async function emptied(full: RawReply | Socket | null): Promise<void> {
  if (!full?.writableNeedDrain) return;
  await new Promise<void>((resolve) => {
    const goOn = () => {
      full.off('drain', goOn).off('close', goOn);
      resolve();
    };
    full.on('drain', goOn).on('close', goOn);
  });
}

/** Text stays as it is; bytes that are not text, or contain a CR, which the format would change, are sent in base64. */
export function bytesEvent(name: string, bytes: Buffer): Pick<SentEvent, 'name' | 'data'> {
  if (isUtf8(bytes) && !bytes.includes(13)) return { name, data: bytes.toString() };
  return { name: `${name}-base64`, data: bytes.toString('base64') };
}
