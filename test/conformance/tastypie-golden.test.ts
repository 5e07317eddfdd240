// A recording of a real Django + tastypie server, replayed: every checked case must be answered the same.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DatabaseName, databases, newDatabase } from '../support/databases.js';
import { send } from '../support/http.js';
import { startServer, type TestServer } from '../support/server.js';
import { bodyOf, expectMatch, type GoldenCase } from './golden-match.js';

const cases = JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures/tastypie-golden.json'), 'utf8')) as GoldenCase[];
const groups = [...new Set(cases.map(({ group }) => group))];

/** Users and rows as the recording had them. */
async function recordedServer(database: DatabaseName, { profile, rows = 0 }: GoldenCase['setup']): Promise<TestServer> {
  const settings = { ...(await newDatabase(database)), ...(profile === 'ard' && { ALWAYS_RETURN_DATA: 'true' }) };
  const server = await startServer(settings);
  const role = profile === 'owner' ? 'author' : 'admin';
  await server.user('alice:secret', role);
  await server.user('bob:hunter2', 'author');
  await server.user('carol:pw', 'author', true);
  await server.user('zoë:pä:ss', role);
  for (let row = 1; row <= rows; row++) {
    const body = { definition: { exec: `/bin/p${row}` } };
    await server.send({ method: 'POST', path: '/api/process_definition/', login: 'alice:secret', body });
  }
  return server;
}

describe.each(databases)('tastypie on %s', (database) => {
  describe.each(groups)('%s', (group) => {
    const own = cases.filter((one) => one.group === group);
    let server: TestServer;
    beforeAll(async () => {
      server = await recordedServer(database, own[0].setup);
    });
    afterAll(async () => {
      await server.stop();
    });

    test.each(own.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
      const { method, path, headers } = one.request;
      const body = bodyOf(one.request);
      if (!/^[A-Z]+$/.test(method) || method === 'FOO') return expect(one.checked).toBe(false);
      const answer = await send(server.url, { method, path, headers, body });
      expect(answer.status).toBeLessThan(500);
      if (one.checked) expectMatch(one, answer);
    });
  });
});
