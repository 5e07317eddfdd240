// A request of Fastify as one of the web, which the library of the protocol takes, and the response of the web as one of Fastify.
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { whenAborted } from '../http/client-disconnect.js';
import { drained } from '../http/sse.js';

/** What the library reads; it never sees credentials. */
const passedHeaders = /^(accept|content-type|last-event-id|mcp-.*)$/;

export interface WebParts {
  url: string;
  signal: AbortSignal;
}

/** Without its body, which was read. */
export function webRequest({ method, headers }: FastifyRequest, { url, signal }: WebParts): Request {
  const passed = Object.entries(headers).filter(([name, value]) => passedHeaders.test(name) && typeof value === 'string');
  return new Request(url, { method, headers: passed as [string, string][], signal });
}

/** A stream ends when `signal` is aborted, whatever the library still holds open. */
export async function sendWeb(reply: FastifyReply, response: Response, signal: AbortSignal): Promise<void> {
  for (const [name, value] of response.headers) void reply.header(name, value);
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  if (isStream && response.body) return stream(reply, response, signal);
  const bytes = Buffer.from(await response.arrayBuffer());
  if (!reply.raw.destroyed) await reply.code(response.status).send(bytes.length === 0 ? undefined : bytes);
}

async function stream(reply: FastifyReply, { status, body }: Response, signal: AbortSignal): Promise<void> {
  const { raw } = reply;
  reply.hijack();
  raw.on('error', () => {});
  raw.writeHead(status, { ...reply.getHeaders(), 'x-accel-buffering': 'no' } as never);
  raw.flushHeaders();
  const chunks = Readable.fromWeb(body as never);
  whenAborted(signal, () => chunks.destroy());
  try {
    for await (const chunk of chunks) if (!raw.write(chunk)) await drained(raw);
  } catch {
    // the client has left, or the call was cancelled
  }
  raw.end();
}
