// What a request was to write is not written once its credentials have ended, however long before that it was let in.
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newUser, uriOf } from '../support/accounts.js';
import { defined, shell } from '../support/programs.js';
import { until } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ ISOLATION: 'process' });
  await defined(server, { name: 'cat', exec: '/bin/cat', visibility: 'shared' });
});
afterAll(() => server.stop());

interface Slow {
  method: string;
  path: string;
  body: string;
  type?: string;
}

/** A request that the server has let in, whose last byte is still to come. `end` resolves with the status, or with 0 when the connection was cut. */
async function begun(login: string, { method, path, body, type = 'application/json' }: Slow): Promise<{ end: () => Promise<number> }> {
  const headers = {
    authorization: `Basic ${Buffer.from(login).toString('base64')}`,
    'content-type': type,
    'content-length': String(Buffer.byteLength(body)),
  };
  // a password that is known already lets in at once
  expect((await server.send({ path: '/api/me/', login })).status).toBe(200);
  const outgoing = request(new URL(server.url), { method, path, headers, agent: false });
  const answered = new Promise<number>((resolve) => {
    outgoing.once('response', (incoming) => {
      incoming.resume();
      resolve(incoming.statusCode ?? 0);
    });
    outgoing.once('error', () => resolve(0));
  });
  outgoing.write(body.slice(0, -1));
  await sleep(300);
  return {
    end: () => {
      outgoing.end(body.slice(-1));
      return answered;
    },
  };
}

const json = (method: string, path: string, body: object): Slow => ({ method, path, body: JSON.stringify(body) });
const definition = { exec: '/bin/true' };

const writes: Record<string, Slow> = {
  'a new admin': json('POST', '/api/user/', { username: 'heir', password: 'pw', role: 'admin' }),
  'a change of a user': json('PATCH', '/api/user/cat-owner/', { role: 'admin' }),
  'a token of another user': json('POST', '/api/user/1/token/', { name: 'kept' }),
  'an own token': json('POST', '/api/token/', { name: 'kept' }),
  'a definition': json('POST', '/api/process_definition/', { definition }),
  'a list of definitions': json('PATCH', '/api/process_definition/', { objects: [{ definition }] }),
  'an import': json('POST', '/api/import/crontab/?apply=1', { files: { own: '@daily /bin/true\n' } }),
  'a binding': json('POST', '/api/binding/', { definition: 'admin:cat', input: { bus: 'memory', stream: 'late' } }),
  'a run of a command': json('POST', '/api/run/', definition),
  'a run with a message': { method: 'POST', path: '/api/process_definition/admin:cat/execute/', body: 'abc', type: 'text/plain' },
};

async function everything(): Promise<unknown> {
  const paths = ['/api/user/', '/api/user/1/token/', '/api/process_definition/?limit=0', '/api/binding/', '/api/run/'];
  return Promise.all(paths.map(async (path) => (await server.send({ path })).json.objects));
}

describe.each(Object.entries(writes))('%s', (_what, write) => {
  test.each([
    ['demoted', { role: 'viewer' }],
    ['given another password', { password: 'other' }],
  ])('is not written when the admin who sends it slowly is %s meanwhile', async (_how, change) => {
    if (write.path.includes('cat-owner')) await server.user('cat-owner:pw', 'viewer').catch(() => {});
    const name = await newUser(server, 'admin');
    const slow = await begun(`${name}:pw`, write);
    expect((await server.send({ method: 'PATCH', path: await uriOf(server, name), body: change })).status).toBe(200);
    const before = await everything();
    expect([0, 401]).toContain(await slow.end());
    await sleep(200);
    expect(await everything()).toEqual(before);
  });
});

test('An admin who changes the own password gets the answer', async () => {
  const name = await newUser(server, 'admin');
  const slow = await begun(`${name}:pw`, json('PATCH', '/api/me/', { password: 'new' }));
  expect(await slow.end()).toBe(200);
});

const ends: Record<string, (path: string) => Promise<{ status: number }>> = {
  demoted: (path) => server.send({ method: 'PATCH', path, body: { role: 'viewer' } }),
  disabled: (path) => server.send({ method: 'PATCH', path, body: { disabled: true } }),
  removed: (path) => server.send({ method: 'DELETE', path }),
  'given another password': (path) => server.send({ method: 'PATCH', path, body: { password: 'other' } }),
};

test.each(Object.keys(ends))('Nothing is saved when the author is %s while the examples run, although they pass', async (how) => {
  const name = await newUser(server, 'author');
  const slow = { ...shell('trap "" TERM; sleep 1'), name: 'late', visibility: 'shared', examples: [{}] };
  const path = '/api/process_definition/?-selftest=1';
  const saving = server.send({ method: 'POST', path, login: `${name}:pw`, body: { definition: slow } });
  await until(
    async () => (await server.send({ path: '/api/run/?state=running' })).json.meta.total_count,
    (count) => count === 1,
  );
  expect((await ends[how](await uriOf(server, name))).status).toBeLessThan(300);
  expect((await saving).status).toBe(401);
  expect((await server.send({ path: '/api/process_definition/?name=late' })).json.objects).toEqual([]);
});
