// Users that tests create, and how the server answers requests with a password, a token or nothing.
import { expect } from 'vitest';
import type { Answer } from './http.js';
import type { TestServer } from './server.js';

let made = 0;

/** A new user's name; the password is `pw`. */
export async function newUser(server: TestServer, role: string): Promise<string> {
  const name = `${role}${++made}`;
  await server.user(`${name}:pw`, role);
  return name;
}

export async function uriOf(server: TestServer, name: string): Promise<string> {
  const { json } = await server.send({ path: '/api/user/' });
  return json.objects.find(({ username }: { username: string }) => username === name).resource_uri;
}

export const withAuthorization = (server: TestServer, authorization: string, path = '/api/me/') =>
  server.send({ path, headers: { authorization } });

/** The status for user:password. */
export const withPassword = async (server: TestServer, login: string) => (await server.send({ path: '/api/me/', login })).status;

export function expectUnauthenticated(answer: Answer): void {
  expect(answer.status).toBe(401);
  expect(answer.headers['www-authenticate']).toBe('Basic realm="process-registry", charset="UTF-8"');
}
