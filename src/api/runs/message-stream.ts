// The messages of a service as Server-Sent Events; an event's id is that of its message.
import type { FastifyReply } from 'fastify';
import { bytesEvent, sendEventStream, writeEvent } from '../../http/sse.js';
import { endId } from '../../run-http/event-ids.js';
import type { ServiceMessage } from '../../runs/services.js';

export interface FollowedMessages {
  /** Ends with the run, or when `signal` is aborted because nobody listens any more. */
  messages: (signal: AbortSignal) => AsyncIterable<ServiceMessage>;
  /** The run as JSON, for the event `end`. */
  describe: () => Promise<object>;
}

export async function sendMessages(reply: FastifyReply, { messages, describe }: FollowedMessages): Promise<void> {
  await sendEventStream(reply, async (raw, gone) => {
    const left = new AbortController();
    void gone.then(() => left.abort());
    for await (const { id, bytes } of messages(left.signal)) await writeEvent(raw, { id, ...bytesEvent('message', bytes) });
    if (!left.signal.aborted) await writeEvent(raw, { name: 'end', id: endId, data: JSON.stringify(await describe()) });
  });
}
