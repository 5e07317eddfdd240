// Whether a request was made on this machine, by the socket and never by what a header claims.
import type { IncomingMessage } from 'node:http';

const loopback = /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/;
/** What proxies add: a request that carries one of these was made elsewhere, or pretends to have been. */
const forwarded = /^(x-forwarded(-|$)|forwarded$|via$|x-real-ip$|x-client-ip$|true-client-ip$|cf-connecting-ip$)/;

export function isLoopback(address: string): boolean {
  return loopback.test(address);
}

export function isFromThisMachine({ socket, headers }: IncomingMessage): boolean {
  return isLoopback(socket.remoteAddress ?? '') && !Object.keys(headers).some((name) => forwarded.test(name));
}
