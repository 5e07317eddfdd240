// A stream of messages as Server-Sent Events, until its reader leaves.
import type { FastifyReply } from 'fastify';
import type { NamedStream, StreamMessage, Streams } from '../../bindings/streams.js';
import { beginEvents, dataLines, keepAliveMs, textOrBase64, write } from '../runs/event-stream.js';

/** A slow reader holds back the bus, which drops its oldest. */
export async function followStream(reply: FastifyReply, streams: Streams, from: NamedStream): Promise<void> {
  const { raw } = reply;
  const gone = new Promise<void>((resolve) => raw.once('close', resolve));
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const subscription = streams.follow(from, (message) => begun.then(() => write(raw, eventOf(message))));
  await Promise.race([subscription.opened, gone]);
  beginEvents(reply);
  raw.write(': following\n\n');
  begin();
  const keepAlive = setInterval(() => raw.write(': keep-alive\n\n'), keepAliveMs);
  await gone;
  clearInterval(keepAlive);
  await subscription.close();
}

function eventOf({ messageId, body }: StreamMessage): string {
  const [name, data] = textOrBase64('message', body);
  const id = messageId !== undefined && /^[\x20-\x7e]+$/.test(messageId) ? `id: ${messageId}\n` : '';
  return `event: ${name}\n${id}${dataLines(data)}\n`;
}
