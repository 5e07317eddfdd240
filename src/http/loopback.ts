// Decides whether a request comes from this machine, by the socket and never by a header.
import type { IncomingMessage } from 'node:http';

const loopback = /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/;
/** The headers that proxies add: a request with one of them comes from elsewhere, or pretends to. */
const forwarded = /^(x-forwarded(-|$)|forwarded$|via$|x-real-ip$|x-client-ip$|true-client-ip$|cf-connecting-ip$)/;

export function isLoopback(address: string): boolean {
  return loopback.test(address);
}

export function isFromThisMachine({ socket, headers }: IncomingMessage): boolean {
  return isLoopback(socket.remoteAddress ?? '') && !Object.keys(headers).some((name) => forwarded.test(name));
}
