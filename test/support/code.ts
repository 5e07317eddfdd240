// Code to be run at a server, as the clients of glot and coderunner ask for it.
import { expect } from 'vitest';
import type { Answer, Sent } from './http.js';
import type { TestServer } from './server.js';

/** With X-Access-Token alone. */
export type Coder = (payload: object, more?: Partial<Sent> & { body?: object }) => Promise<Answer>;

/** Somebody of the role author with a token. */
export async function newCoder(server: TestServer, name = 'coder'): Promise<Coder> {
  await server.user(`${name}:pw`, 'author');
  const { json, status, text } = await server.send({ method: 'POST', path: '/api/token/', login: `${name}:pw`, body: { name: 'glot' } });
  expect(status, text).toBe(201);
  return (payload, { body = {}, headers = {}, ...more } = {}) =>
    server.send({
      method: 'POST',
      path: '/run',
      login: '',
      headers: { 'x-access-token': json.token, ...headers },
      body: { image: 'glot/any:latest', payload, ...body },
      ...more,
    });
}

export const file = (name: string, content: string) => ({ name, content });
export const bash = (script: string, more: object = {}) => ({ language: 'bash', files: [file('main.sh', script)], ...more });
