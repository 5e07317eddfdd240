// Replays a request for an upgrade to an unsupported protocol as an ordinary request, without the upgrade.
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

/** `head`: the bytes that came after the request. */
export function replayAsPlainHttp(server: Server, request: IncomingMessage, { socket, head }: { socket: Socket; head: Buffer }): void {
  const { rawHeaders, method, url, httpVersion } = request;
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at].toLowerCase();
    if (name === 'upgrade' || name === 'http2-settings') continue;
    const value = name === 'connection' ? withoutUpgrade(rawHeaders[at + 1]) : rawHeaders[at + 1];
    if (value !== '') lines.push(`${rawHeaders[at]}: ${value}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('encrypted' in socket ? 'secureConnection' : 'connection', socket);
}

function withoutUpgrade(connection: string): string {
  const tokens = connection.split(',').map((token) => token.trim());
  return tokens.filter((token) => !/^(upgrade|http2-settings)$/i.test(token)).join(', ');
}
