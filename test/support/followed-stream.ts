// A follower of /api/stream/NAME/ in tests: what it has heard so far, by event.
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { expect } from 'vitest';
import { adminLogin, type TestServer } from './server.js';

export interface Followed {
  text: () => string;
  /** The data of each event, its lines joined again. */
  bodies: () => string[];
  /** The bytes of each message. */
  messages: () => Buffer[];
  ids: () => (string | undefined)[];
  leave: () => void;
}

/** Resolves once it is followed. */
export async function follow(server: TestServer, stream: string): Promise<Followed> {
  const headers = { authorization: `Basic ${Buffer.from(adminLogin).toString('base64')}` };
  const asking = request(new URL(`/api/stream/${stream}/`, server.url), { headers }).end();
  asking.on('error', () => {});
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  expect(answer.headers['content-type']).toBe('text/event-stream');
  let text = '';
  answer.on('error', () => {});
  answer.setEncoding('utf8').on('data', (chunk) => (text += chunk));
  const events = () =>
    text
      .split('\n\n')
      .slice(0, -1)
      .filter((event) => !event.startsWith(':'));
  const fields = (event: string, name: string) =>
    event
      .split('\n')
      .filter((line) => line.startsWith(`${name}: `))
      .map((line) => line.slice(name.length + 2));
  const bodyOf = (event: string) => fields(event, 'data').join('\n');
  const bytesOf = (event: string) => Buffer.from(bodyOf(event), fields(event, 'event')[0] === 'message-base64' ? 'base64' : 'utf8');
  return {
    text: () => text,
    bodies: () => events().map(bodyOf),
    messages: () => events().map(bytesOf),
    ids: () => events().map((event) => fields(event, 'id')[0]),
    leave: () => asking.destroy(),
  };
}
