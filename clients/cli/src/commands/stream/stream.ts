// Publishes messages to streams, and follows streams.
import type { Act } from '../../command-row.js';
import { exitCodes, Failure } from '../../failure.js';
import { serverEvents } from '../../http/event-stream.js';
import { segment } from '../../http/segment.js';
import { type MessageOptions, messageOf, printMessage } from '../../terminal/message.js';

/** `[BUS:]NAME`: the bus is `memory` or `amqp`; without one it is the server's usual one. */
export function streamEnd(text: string): { bus?: string; stream: string } {
  const [, bus, stream] = /^(?:(memory|amqp):)?([\w.-]{1,100})$/.exec(text) ?? [];
  if (stream === undefined)
    throw new Failure(`'${text}' is not a stream: NAME, memory:NAME or amqp:NAME, of letters, digits, dots, - and _`, {
      exitCode: exitCodes.usage,
    });
  return { ...(bus && { bus }), stream };
}

function streamPath(text: string): string {
  const { bus, stream } = streamEnd(text);
  return `/api/stream/${segment(stream)}/${bus ? `?bus=${bus}` : ''}`;
}

interface PublishOptions extends MessageOptions {
  messageId?: string;
  correlationId?: string;
  type?: string;
}

export const publish: Act = async ({ connection }, [name, text], options: PublishOptions) => {
  const { messageId, correlationId, type = 'application/octet-stream' } = options;
  const headers = {
    'content-type': type,
    ...(messageId !== undefined && { 'message-id': messageId }),
    ...(correlationId !== undefined && { 'correlation-id': correlationId }),
  };
  await connection.json({ method: 'POST', path: streamPath(name), headers, body: messageOf(text, options) });
  return 0;
};

export const follow: Act = async ({ connection, server }, [name], { json, count }: { json?: boolean; count?: string }) => {
  if (count !== undefined && !/^[1-9]\d*$/.test(count))
    throw new Failure(`--count '${count}' is not a number`, { exitCode: exitCodes.usage });
  const stop = new AbortController();
  let left = count === undefined ? Number.POSITIVE_INFINITY : Number(count);
  for await (const event of serverEvents(connection, { path: streamPath(name), signal: stop.signal })) {
    printMessage(event, json);
    left -= 1;
    if (left === 0) return 0;
  }
  throw new Failure(`${server.label} has ended the stream; messages that come now are missed`, { exitCode: exitCodes.unavailable });
};
