// Messages both ways, be they frames of a WebSocket or items of a call to another machine.
import { WebSocket } from 'ws';
import { closeCodes, WebSocketConnection } from '../../http/web-socket-connection.js';
import { CodedError } from '../../model/coded-error.js';
import { bytesOf, type CallStream } from '../../prpc/call.js';

const openingMs = 15_000;
export const largestMessageBytes = 16 * 2 ** 20;
/** Of a frame of pRPC, which has such a message in it. */
export const largestFrameBytes = largestMessageBytes + 4096;
/** At a frame of 4 MiB pRouter and its agents end their whole connection; a few bytes are for what an item has besides. */
const largestItemBytes = 4 * 2 ** 20 - 64;

export interface Messages {
  /** One after the other: the next when the promise of the last is kept. */
  receive(take: (message: Buffer, binary: boolean) => Promise<void>): void;
  /** False when nobody will read it any more. */
  send(message: Buffer, binary: boolean): Promise<boolean>;
  /** Resolves when nothing more comes, and what came has been taken. */
  over(): Promise<unknown>;
  end(): void;
}

/** Dials; resolves once it is open. Rejects with why it is not. `options` are those of ws. */
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
      // what arrives before somebody receives it is not to be lost
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

/** Text is text on the stream of a call, and bytes are bytes. What is too large for the connection ends what it came from. */
export function ofStream(stream: CallStream): Messages {
  let over = () => {};
  const ended = new Promise<void>((resolve) => (over = resolve));
  const passOn = async (take: (message: Buffer, binary: boolean) => Promise<void>) => {
    for await (const item of stream)
      if (typeof item === 'string') await take(Buffer.from(item), false);
      else await take(bytesOf(item), true);
  };
  return {
    // an item that is no message ends it
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

/** What comes on one goes out on the other, until one of them is over, which ends the other. Resolves then. */
export async function join(one: Messages, other: Messages): Promise<void> {
  one.receive(async (message, binary) => void (await other.send(message, binary)));
  other.receive(async (message, binary) => void (await one.send(message, binary)));
  await Promise.race([one.over(), other.over()]);
  one.end();
  other.end();
  await Promise.all([one.over(), other.over()]);
}
