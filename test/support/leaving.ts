// Clients that go away: in the middle of what they send, or of what they are sent.
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { adminLogin, type TestServer } from './server.js';

export interface Left {
  method?: string;
  path: string;
  headers?: Record<string, string>;
  /** What is sent before the client leaves; the end of the body never is when `cut` is set. */
  body?: Buffer | string;
  cut?: boolean;
  /** How long it stays, in milliseconds, after the first byte of the answer or, when it sends only a part, after that part. */
  staysMs?: number;
}

/** Resolves when the connection is gone. */
export async function leave(
  server: TestServer,
  { method = 'POST', path, headers = {}, body, cut = false, staysMs = 0 }: Left,
): Promise<void> {
  const asked = request(new URL(path, server.url), { method, headers, auth: adminLogin, agent: false });
  asked.on('error', () => {});
  const gone = new Promise((resolve) => asked.once('close', resolve));
  if (cut) asked.write(body ?? '');
  else asked.end(body);
  if (!cut) await Promise.race([gone, begun(asked)]);
  await sleep(staysMs);
  asked.destroy();
  await gone;
}

/** With a first byte, or its end. */
async function begun(asked: ClientRequest): Promise<void> {
  const answer = await new Promise<IncomingMessage>((resolve) => asked.once('response', resolve));
  answer.on('error', () => {});
  await new Promise<void>((resolve) => answer.once('readable', resolve).once('close', resolve));
}
