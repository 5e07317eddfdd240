// Sessions as a browser holds them: the cookie, and the key that its page has kept.
import { expect } from 'vitest';
import type { Answer } from './http.js';
import type { TestServer } from './server.js';

/** The headers of a request that belongs to a session. */
export type SessionHeaders = { cookie: string; 'x-session-key': string };

export function postSession(server: TestServer, login: string, headers: Record<string, string> = {}): Promise<Answer> {
  const colon = login.indexOf(':');
  const body = { username: login.slice(0, colon), password: login.slice(colon + 1) };
  return server.send({ method: 'POST', path: '/api/session/', login: '', headers, body });
}

/** The cookie that an answer sets, without its attributes. */
export const cookieOf = ({ headers }: Answer) => String(headers['set-cookie']?.[0]).split(';')[0];

export async function signIn(server: TestServer, login: string): Promise<SessionHeaders> {
  const answer = await postSession(server, login);
  expect(answer.status, answer.text).toBe(200);
  return { cookie: cookieOf(answer), 'x-session-key': answer.json.key };
}

/** The name for which a request with these headers counts; else its status. */
export async function whoIs(server: TestServer, headers: Record<string, string>): Promise<string | number> {
  const { status, json } = await server.send({ path: '/api/me/', headers, login: '' });
  return status === 200 ? json.username : status;
}
