// A WebSocket server elsewhere, to which servers connect by themselves.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';

export interface Outside {
  url: string;
  /** The first client that connects. */
  met: Promise<WebSocket>;
  close(): void;
}

export async function startOutside(path = ''): Promise<Outside> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', ...(path && { path }) });
  await once(server, 'listening');
  const met = once(server, 'connection').then(([socket]) => socket as WebSocket);
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, met, close: () => server.close() };
}

/** What is sent comes back: text as text, bytes as bytes. */
export async function expectEcho(socket: WebSocket): Promise<void> {
  const heard: unknown[] = [];
  socket.on('message', (data, binary) => heard.push(binary ? data : String(data)));
  const bytes = randomBytes(1000);
  socket.send('text ä');
  socket.send(bytes);
  await expect.poll(() => heard).toEqual(['text ä', bytes]);
}
