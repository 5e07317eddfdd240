// Reads the bytes of a finished output or of a file, and continues where a connection was lost.
import type { IncomingMessage } from 'node:http';
import { Failure } from '../failure.js';
import { type Connection, unavailable } from '../http/connection.js';
import { Patience } from '../http/patience.js';

export interface Download {
  connection: Connection;
  path: string;
  retryMs: number;
  signal?: AbortSignal;
  /** Called once, with the number of all bytes. */
  onTotal?: (bytes: number) => void;
}

/** Throws a Failure when the content has changed before it was read to its end. */
export async function* downloaded({ connection, path, retryMs, signal, onTotal }: Download): AsyncGenerator<Buffer> {
  const patience = new Patience(retryMs, signal);
  let offset = 0;
  let etag: string | undefined;
  for (;;) {
    try {
      const headers = { accept: '*/*', ...(offset > 0 && etag && { range: `bytes=${offset}-`, 'if-range': etag }) };
      const answer = await connection.open({ path, headers, signal });
      patience.succeeded();
      if (offset > 0 && answer.statusCode !== 206) throw changed(answer, path);
      if (offset === 0) onTotal?.(Number(answer.headers['content-length'] ?? 0));
      etag = answer.headers.etag;
      for await (const chunk of chunksOf(answer)) {
        offset += chunk.length;
        yield chunk;
      }
      return;
    } catch (error) {
      await patience.failed(error);
    }
  }
}

function changed(answer: IncomingMessage, path: string): Failure {
  answer.destroy();
  return new Failure(`${path} has changed while it was read`);
}

/** Throws an unavailable Failure when the connection breaks. */
export async function* chunksOf(answer: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of answer) yield chunk;
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw error;
    throw unavailable('the server', error as Error);
  }
}
