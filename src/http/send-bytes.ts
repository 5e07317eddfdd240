// Sends the bytes of an output: at once when they are few, otherwise as a stream; never as a page of this origin.
import type { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

const atOnceBytes = 128 * 1024;

/** The output of a program must not run as a page of this server. */
export const sandboxed = "sandbox; default-src 'none'";

/** To be called before what is still being written is sent: the head goes out at once, and no proxy such as nginx gathers more. */
export function headAtOnce(reply: FastifyReply): void {
  void reply.header('x-accel-buffering', 'no');
  reply.raw.once('pipe', () => reply.raw.flushHeaders());
}

/** Sends what is still being written. */
export async function sendLive(reply: FastifyReply, content: Readable): Promise<void> {
  headAtOnce(reply);
  await reply.send(content);
}

/** `bytes` is the exact length. */
export async function sendBytes(reply: FastifyReply, content: Readable | Buffer, bytes: number): Promise<void> {
  void reply.header('content-length', String(bytes)).header('content-security-policy', sandboxed);
  if (Buffer.isBuffer(content) || bytes > atOnceBytes) {
    await reply.send(content);
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of content) chunks.push(chunk);
  await reply.send(Buffer.concat(chunks));
}
