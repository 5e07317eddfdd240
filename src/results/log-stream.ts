// A log, or one stream of it, as a Readable that closes the log however it ends, even when nobody ever read it.
import { Readable } from 'node:stream';
import type { LogSource } from '../model/log-source.js';
import { readStream, type StreamPart } from '../model/read-frames.js';

/** `after` is awaited when everything has been read, and may fail. */
export function logStream(log: LogSource, part: StreamPart, after: () => Promise<void> = async () => {}): Readable {
  const readable = Readable.from(withEnd(log, part, after), { objectMode: false });
  readable.once('close', () => void log.close().catch(() => {}));
  return readable;
}

async function* withEnd(log: LogSource, part: StreamPart, after: () => Promise<void>): AsyncGenerator<Buffer> {
  yield* readStream(log, part);
  await after();
}

/** Streams several logs, one after the other. `read` closes the log that it is given. */
export function logsStream(logs: AsyncIterable<{ log: LogSource }>, read: (log: LogSource) => AsyncIterable<Buffer>): Readable {
  let current: LogSource | undefined;
  const readable = Readable.from(
    joined(logs, (log) => {
      current = log;
      return read(log);
    }),
    { objectMode: false },
  );
  readable.once('close', () => void current?.close().catch(() => {}));
  return readable;
}

async function* joined(logs: AsyncIterable<{ log: LogSource }>, read: (log: LogSource) => AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const { log } of logs) yield* read(log);
}
