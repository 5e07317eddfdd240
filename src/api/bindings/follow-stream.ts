// A stream of messages as Server-Sent Events, until its reader leaves.
import type { FastifyReply } from 'fastify';
import type { NamedStream, StreamMessage, Streams } from '../../bindings/streams.js';
import { bytesEvent, type SentEvent, sendEventStream, writeEvent } from '../../http/sse.js';

/** A slow reader holds back the bus, which then drops the oldest messages of this reader. */
export async function followStream(reply: FastifyReply, streams: Streams, from: NamedStream): Promise<void> {
  let begin: (write: (event: SentEvent) => Promise<void>) => void;
  const writing = new Promise<(event: SentEvent) => Promise<void>>((resolve) => {
    begin = resolve;
  });
  const subscription = streams.follow(from, async (message) => (await writing)(eventOf(message)));
  try {
    const left = new Promise<void>((resolve) => reply.raw.once('close', resolve));
    await Promise.race([subscription.opened, left]);
    await sendEventStream(reply, async (raw, gone) => {
      begin((event) => writeEvent(raw, event));
      await gone;
    });
  } finally {
    await subscription.close();
  }
}

/** An id that the format of events cannot carry is left out. */
function eventOf({ messageId, body }: StreamMessage): SentEvent {
  const id = messageId !== undefined && /^[^\0\r\n]+$/.test(messageId) ? messageId : undefined;
  return { id, ...bytesEvent('message', body) };
}
