// What one user owns of every kind, and the addresses of all served routes with that in the place of their parameters.
import { expect } from 'vitest';
import type { Answer, Sent } from './http.js';
import type { TestServer } from './server.js';

/** How the parameters of the routes below an address are filled: with what is owned, and with what does not exist. */
export interface OwnedKind {
  below: string;
  owned: Record<string, string>;
  missing: Record<string, string>;
}

export interface ServedRoute {
  /** As `GET /api/run/{id}/`. */
  name: string;
  method: string;
  path: string;
  /** It may be sent JSON. */
  takesJson: boolean;
}

type Operation = { requestBody?: { content: Record<string, unknown> } };

/** Every route of the OpenAPI, GET also as HEAD. */
export async function servedRoutes(server: TestServer): Promise<ServedRoute[]> {
  const { paths } = (await server.send({ path: '/docs-json', login: '' })).json as { paths: Record<string, Record<string, Operation>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([verb, { requestBody }]) => {
      const takesJson = 'application/json' in (requestBody?.content ?? {});
      const verbs = verb === 'get' ? ['GET', 'HEAD'] : [verb.toUpperCase()];
      return verbs.map((method) => ({ name: `${method} ${path}`, method, path, takesJson }));
    }),
  );
}

export const hasParameters = ({ path }: ServedRoute) => path.includes('{');

/** The path with these values; fails for an unknown parameter: a new kind of thing needs an owned one. */
export function filled({ name, path }: ServedRoute, kinds: OwnedKind[], which: 'owned' | 'missing'): string {
  const kind = kinds.find(({ below }) => path.startsWith(below));
  return path.replaceAll(/\{(\w+)\}/g, (_all, parameter) => {
    const value = kind?.[which][parameter];
    expect(value, `what is ${which} in the place of {${parameter}} of ${name}`).toBeDefined();
    return encodeURIComponent(value as string);
  });
}

/** One of everything that belongs to a user, named with `mark` where it has a name. */
export async function ownEverything(server: TestServer, login: string, mark: string): Promise<OwnedKind[]> {
  const made = async (sent: Omit<Sent, 'method'>, method = 'POST'): Promise<Answer> => {
    const answer = await server.send({ method, login, ...sent });
    expect(answer.status, `${sent.path}: ${answer.text}`).toBeLessThan(300);
    return answer;
  };
  const list = '/api/process_definition/';
  const definition = {
    name: `definition-${mark}`,
    exec: '/bin/sh',
    argv: ['-c', `echo ${mark} > left.txt`],
    environment: { SECRET: mark },
  };
  const path = String((await made({ path: list, body: { definition } })).headers.location);
  await made({ path, body: { definition: { ...definition, description: mark } } }, 'PUT');
  const { headers } = await made({ path: `${path}execute/` });
  const binding = { definition: definition.name, input: { bus: 'memory', stream: `stream-${mark}` } };
  const { json: bound } = await made({ path: '/api/binding/', body: binding });
  const { json: token } = await made({ path: '/api/token/', body: { name: mark } });
  const { json: job } = await made({ path: '/jobs/create', body: { agent: { type: 'uid', uid: 'local' }, name: mark } });
  const [, , agent, jobUid] = String(job.path).split('/');
  const headersOfAgents = { accept: 'application/json, text/event-stream' };
  const asked = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'request_upload', arguments: { name: mark } } };
  const upload = /upload:([\w-]+)/.exec((await made({ path: '/mcp', headers: headersOfAgents, body: asked })).text)?.[1] as string;
  const { json: me } = await server.send({ path: '/api/me/', login });
  const ref = /(\d+)\/$/.exec(path)?.[1] as string;
  const noId = '999999';
  const noRun = '01900000-0000-7000-8000-000000000000';
  return [
    { below: list, owned: { ref, refs: ref, revision: '1' }, missing: { ref: noId, refs: noId, revision: '1' } },
    { below: '/call/', owned: { ref, second: 'a.txt', file: 'a.txt' }, missing: { ref: noId, second: 'a.txt', file: 'a.txt' } },
    { below: '/r/', owned: { id: String(headers['run-id']) }, missing: { id: noRun } },
    { below: '/api/run/', owned: { id: String(headers['run-id']), path: 'left.txt' }, missing: { id: noRun, path: 'left.txt' } },
    { below: '/api/binding/', owned: { id: String(bound.id) }, missing: { id: noId } },
    { below: '/api/token/', owned: { id: String(token.id) }, missing: { id: noId } },
    { below: '/api/user/', owned: { ref: me.username, id: String(token.id) }, missing: { ref: 'nobody', id: noId } },
    { below: '/api/lane/', owned: { name: 'io' }, missing: { name: 'none' } },
    { below: '/api/stream/', owned: { name: 'of-nobody' }, missing: { name: 'none' } },
    { below: '/api/import/', owned: { kind: 'crontab' }, missing: { kind: 'none' } },
    { below: '/mcp/upload/', owned: { id: upload }, missing: { id: 'none' } },
    { below: '/mcp/', owned: { tag: mark }, missing: { tag: 'none' } },
    { below: '/jobs/', owned: { agent, job: jobUid, path: 'left.txt' }, missing: { agent, job: '0'.repeat(32), path: 'left.txt' } },
  ];
}
