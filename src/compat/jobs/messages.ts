// Messages in both directions: frames of a WebSocket, or items of a call to another machine.
import { WebSocket } from 'ws';
import { closeCodes, WebSocketConnection } from '../../http/web-socket-connection.js';
import { CodedError } from '../../model/coded-error.js';
import { bytesOf, type CallStream } from '../../prpc/call.js';

const openingMs = 15_000;
export const largestMessageBytes = 16 * 2 ** 20;
/** The largest frame of pRPC that carries such a message. */
export const largestFrameBytes = largestMessageBytes + 4096;
/** pRouter and its agents end their whole connection at a frame of 4 MiB; an item needs a few bytes in addition to its message. */
const largestItemBytes = 4 * 2 ** 20 - 64;

export interface Messages {
  /** Passes messages one after the other: the next when the promise of the last has resolved. */
  receive(take: (message: Buffer, binary: boolean) => Promise<void>): void;
  /** False when the other side no longer reads messages. */
  send(message: Buffer, binary: boolean): Promise<boolean>;
  /** Resolves when no more messages come, and all that came have been taken. */
  over(): Promise<unknown>;
  end(): void;
}

/** Opens a WebSocket and resolves once it is open. Rejects with the reason of a failure. `options` are those of ws. */
export function openLine(
  url: string,
  { protocols, ...options }: { protocols?: string; [option: string]: unknown } = {},
): Promise<WebSocketConnection> {
  const limits = { handshakeTimeout: openingMs, maxPayload: largestMessageBytes, perMessageDeflate: false, followRedirects: false };
  const socket = new WebSocket(url, protocols ? [protocols] : [], { ...limits, ...options });
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('open', () => {
      socket.off('error', reject);
      // messages that arrive before `receive` is called must not be lost
      socket.pause();
      resolve(new WebSocketConnection(socket));
    });
  });
}

export function ofLine(connection: WebSocketConnection): Messages {
  return {
    receive: (take) => connection.receive(take),
    send: (message, binary) => connection.send(message, binary),
    over: () => connection.closed.then(() => connection.delivered()),
    end: () => connection.close(closeCodes.normal),
  };
}

/** The stream of a call as messages: text stays text, bytes stay bytes. A message that is too large for the connection ends its source. */
export function ofStream(stream: CallStream): Messages {
  let over = () => {};
  const ended = new Promise<void>((resolve) => (over = resolve));
  const passOn = async (take: (message: Buffer, binary: boolean) => Promise<void>) => {
    for await (const item of stream)
      if (typeof item === 'string') await take(Buffer.from(item), false);
      else await take(bytesOf(item), true);
  };
  return {
    // an item that is not a message ends the stream
    receive: (take) => void passOn(take).then(over, over),
    send: async (message, binary) => {
      if (message.length > largestItemBytes)
        throw new CodedError('message_too_large', `a message to or from another machine may have at most ${largestItemBytes} bytes`);
      return stream.send(binary ? message : message.toString());
    },
    over: () => ended,
    end: () => stream.end(),
  };
}

/** Passes messages between both sides until one of them is over, which ends the other. Then resolves. */
export async function join(one: Messages, other: Messages): Promise<void> {
  one.receive(async (message, binary) => void (await other.send(message, binary)));
  other.receive(async (message, binary) => void (await one.send(message, binary)));
  await Promise.race([one.over(), other.over()]);
  one.end();
  other.end();
  await Promise.all([one.over(), other.over()]);
}
