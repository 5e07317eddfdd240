// The programs that tests define, and what tests do with them: store, execute, look at their runs.
import { expect } from 'vitest';
import type { Answer, Sent } from './http.js';
import { adminLogin, type TestServer } from './server.js';

const showArguments = 'import sys, json; print(json.dumps(sys.argv[1:]))';

export const shell = (script: string, more: object = {}) => ({ exec: '/bin/sh', argv: ['-c', script], ...more });

/** A script that gets these arguments as $1, $2 and so on. */
export const shellWith = (script: string, argv: string[], more: object = {}) =>
  shell(script, { argv: ['-c', script, 'sh', ...argv], ...more });

/** A program that answers with its arguments as JSON. */
export const show = (argv: unknown[], more: object = {}) => ({ exec: '/usr/bin/python3', argv: ['-c', showArguments, ...argv], ...more });

/** The part of a definition that declares its parameters. */
export const declared = (properties: object, more: object = {}) => ({ parameters: { type: 'object', properties, ...more } });

/** The same, where every parameter is required: outside of groups it must be, or have a default. */
export const needed = (properties: object, more: object = {}) => declared(properties, { required: Object.keys(properties), ...more });

export function store(server: TestServer, definition: unknown, login = adminLogin): Promise<Answer> {
  return server.send({ method: 'POST', path: '/api/process_definition/', login, body: { definition } });
}

/** The path of the new definition. */
export async function defined(server: TestServer, definition: unknown, login?: string): Promise<string> {
  const { status, headers, text } = await store(server, definition, login);
  expect(status, text).toBe(201);
  return new URL(headers.location as string, server.url).pathname;
}

export type Executed = Partial<Sent> & { query?: string };

/** The answer of execute/ of a new definition. */
export async function execute(server: TestServer, definition: unknown, { query = '', ...sent }: Executed = {}): Promise<Answer> {
  return server.send({ method: 'POST', path: `${await defined(server, definition)}execute/${query}`, ...sent });
}

/** The same, which must be a failure with this code. */
export async function failure(server: TestServer, code: string, definition: object, sent: Executed = {}): Promise<Answer> {
  const answer = await execute(server, definition, sent);
  expect([answer.status, answer.json.code], answer.text).toEqual([422, code]);
  expect(answer.headers['content-type']).toBe('application/problem+json');
  return answer;
}

/** The sentence of a 400 that names the parameter; nothing has run. */
export async function refused(server: TestServer, name: string, definition: object, { query = '', ...sent }: Executed): Promise<string> {
  const path = await defined(server, definition);
  const { status, json } = await server.send({ method: 'POST', path: `${path}execute/${query}`, ...sent });
  expect([status, json.code]).toEqual([400, 'invalid_parameters']);
  expect(json.detail).toContain(`'${name}'`);
  expect(await runsOf(server, path)).toEqual([]);
  return json.detail;
}

/** The path of the run of a new definition, which has ended. */
export async function ran(server: TestServer, definition: object): Promise<string> {
  return `/api/run/${(await execute(server, definition)).headers['run-id']}/`;
}

/** The path of the run of a new definition, which keeps running. */
export async function begun(server: TestServer, definition: object): Promise<string> {
  const path = (await execute(server, definition, { headers: { prefer: 'respond-async' } })).json.resource_uri;
  await expect.poll(async () => (await server.send({ path })).json.state).toBe('running');
  return path;
}

/** The runs of the definition with this path. */
export async function runsOf(server: TestServer, definition: string) {
  return (await server.send({ path: `/api/run/?definition=${definition}` })).json.objects;
}
