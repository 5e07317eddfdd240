// The messages of a stream while it is looked at; the server keeps nothing for later readers.
import { useEffect, useState } from 'preact/hooks';
import { ApiError, request } from '../../api/client.js';
import { serverEvents } from '../../api/sse.js';

interface StreamMessage {
  number: number;
  atMs: number;
  /** That of its publisher. */
  id?: string;
  text: string;
  isText: boolean;
}

export interface FollowedStream {
  /** The newest first. */
  messages: StreamMessage[];
  isOpen: boolean;
  error?: unknown;
  clear(): void;
}

const mostMessages = 500;
const retryMs = 2000;
let last = 0;

export function useFollowedStream(name: string, bus?: string): FollowedStream {
  const [messages, keep] = useState<StreamMessage[]>([]);
  const [isOpen, setOpen] = useState(false);
  const [error, fail] = useState<unknown>();
  useEffect(() => {
    const left = new AbortController();
    const { signal } = left;
    const heard = (message: StreamMessage) => keep((former) => [message, ...former.slice(0, mostMessages - 1)]);
    void follow(streamPath(name, bus), signal, { heard, setOpen, fail });
    return () => left.abort();
  }, []);
  return { messages, isOpen, error, clear: () => keep([]) };
}

export function streamPath(name: string, bus?: string): string {
  return `/api/stream/${encodeURIComponent(name)}/${bus ? `?bus=${encodeURIComponent(bus)}` : ''}`;
}

interface Listener {
  heard(message: StreamMessage): void;
  setOpen(isOpen: boolean): void;
  fail(error: unknown): void;
}

/** Until the signal, or until the server refuses; a connection that breaks is made again. */
async function follow(path: string, signal: AbortSignal, { heard, setOpen, fail }: Listener): Promise<void> {
  while (!signal.aborted) {
    try {
      const response = await request(path, { headers: { Accept: 'text/event-stream' }, signal });
      fail(undefined);
      setOpen(true);
      for await (const { name, id, data } of serverEvents(response)) {
        if (name.startsWith('message')) heard({ number: ++last, atMs: Date.now(), id, text: data, isText: name === 'message' });
      }
    } catch (error) {
      if (signal.aborted) return;
      const isOver = error instanceof ApiError && error.status !== 0 && error.status !== 503;
      if (error instanceof ApiError && error.status !== 0) fail(error);
      if (isOver) return;
    }
    setOpen(false);
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}
