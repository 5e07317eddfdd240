// Server-Sent Events on the wire: the head of the answer, one event, and bytes that may be no text.
import { isUtf8 } from 'node:buffer';
import type { FastifyReply } from 'fastify';

const keepAliveMs = 15_000;

export type RawReply = FastifyReply['raw'];

export interface SentEvent {
  name: string;
  /** Left out: the client keeps the one before. */
  id?: number | string;
  data: string;
}

/** Answers 200 with events, and keeps the connection alive while `say` says them. `gone` resolves when the client has left. */
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
    // before anybody listened
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

/** Resolves when the client takes more. */
export function writeEvent(raw: RawReply, event: SentEvent): Promise<void> {
  return writeText(raw, eventText(event));
}

/** As it is on the wire. */
export function eventText({ name, id, data }: SentEvent): string {
  const lines = data
    .split('\n')
    .map((line) => `data: ${line}\n`)
    .join('');
  return `event: ${name}\n${id === undefined ? '' : `id: ${id}\n`}${lines}\n`;
}

/** One or more whole events; resolves when the client takes more. */
export async function writeText(raw: RawReply, text: string | Buffer): Promise<void> {
  if (text.length === 0 || raw.destroyed || raw.write(text)) return;
  await new Promise<void>((resolve) => {
    const goOn = () => {
      raw.off('drain', goOn).off('close', goOn);
      resolve();
    };
    raw.on('drain', goOn).on('close', goOn);
  });
}

/** Text as it is; bytes that are no text, or hold a CR, which the format would change, in base64. */
export function bytesEvent(name: string, bytes: Buffer): Pick<SentEvent, 'name' | 'data'> {
  if (isUtf8(bytes) && !bytes.includes(13)) return { name, data: bytes.toString() };
  return { name: `${name}-base64`, data: bytes.toString('base64') };
}
