// What tests do with bindings: make them, and look at them.
import { expect } from 'vitest';
import { defined } from './programs.js';
import type { TestServer } from './server.js';

let names = 0;

/** A stream that no other test uses. */
export const newStream = (name: string) => `${name}-${process.pid}-${++names}`;

export interface Bound {
  /** Of the binding. */
  path: string;
  id: number;
  definition: string;
  input: string;
  output: string;
}

/** A new definition bound between two new streams of the usual bus. */
export async function bound(server: TestServer, definition: object, more: object = {}): Promise<Bound> {
  const [input, output] = [newStream('in'), newStream('out')];
  const uri = await defined(server, definition);
  const body = { definition: uri, input: { stream: input }, output: { stream: output }, ...more };
  const { status, json, text } = await server.send({ method: 'POST', path: '/api/binding/', body });
  expect(status, text).toBe(201);
  return { path: json.resource_uri, id: json.id, definition: uri, input, output };
}

export const stateOf = async (server: TestServer, { path }: Pick<Bound, 'path'>) => (await server.send({ path })).json.state;
