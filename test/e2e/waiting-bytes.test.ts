// What waits counts for USER_MAX_BYTES as well: the orders, messages and files of runs that were created, or that wait for their turn.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { spool } from '../../src/http/spool.js';
import type { Answer } from '../support/http.js';
import { defined, shell } from '../support/programs.js';
import { running } from '../support/restarts.js';
import { put } from '../support/run-files.js';
import { startServer, type TestServer } from '../support/server.js';

const mebi = 2 ** 20;
const limit = 6 * mebi;
const settings = { USER_MAX_BYTES: String(limit), LANES: 'io=1', GRACE: '0.2' };

let server: TestServer;
let cat: string;
let large: string;
let users = 0;
beforeAll(async () => {
  server = await startServer(settings);
  cat = await defined(server, { exec: '/bin/cat', visibility: 'shared' });
  large = await defined(server, { exec: '/bin/true', files: { data: 'x'.repeat(900_000) }, visibility: 'shared' });
  await running(server, shell('sleep 600'));
});
afterAll(() => server.stop());

async function made(login: string, definition: string): Promise<Answer> {
  return server.send({ method: 'POST', path: '/api/run/', login, body: { definition, start: false } });
}

/** Each way lays down about 2 MiB or 0.9 MB of a user that nothing has ended for, and resolves to its answers, and to the path of the run. */
const ways: [string, (login: string) => Promise<{ answers: Answer[]; path?: string }>][] = [
  [
    'the files of created runs',
    async (login) => {
      const answer = await made(login, cat);
      if (answer.status !== 201) return { answers: [answer] };
      const path = answer.json.resource_uri;
      return { answers: [await put(server, `${path}files/x`, Buffer.alloc(2 * mebi), { login })], path };
    },
  ],
  [
    'the messages of runs that wait',
    async (login) => {
      const body = Buffer.alloc(2 * mebi);
      const answer = await server.send({ method: 'POST', path: `${cat}execute/`, headers: { prefer: 'respond-async' }, body, login });
      return { answers: [answer], path: answer.status === 202 ? answer.json.resource_uri : undefined };
    },
  ],
  [
    'the orders of created runs',
    async (login) => {
      const answer = await made(login, large);
      return { answers: [answer], path: answer.status === 201 ? answer.json.resource_uri : undefined };
    },
  ],
];

test.each(ways)('%s are refused beyond it, for this user alone, until they are gone', async (_what, lay) => {
  const login = `user${users++}:password`;
  await server.user(login, 'runner');
  const paths: string[] = [];
  let refused: Answer | undefined;
  for (let laid = 0; laid < 10 && !refused; laid++) {
    const { answers, path } = await lay(login);
    refused = answers.find(({ status }) => status === 507);
    if (path && !paths.includes(path)) paths.push(path);
  }
  expect(refused?.json, refused?.text).toMatchObject({ code: 'disk_full', limit });
  expect(refused?.json.used).toBeLessThan(limit + 3 * mebi);
  expect((await made('admin:secret', cat)).status).toBe(201);
  for (const path of paths) {
    await server.send({ method: 'POST', path: `${path}stop/`, login, body: {} });
    await server.send({ path: `${path}wait/?timeout=20`, login });
    expect((await server.send({ method: 'DELETE', path, login })).status).toBe(204);
  }
  await expect.poll(async () => (await made(login, cat)).status, { timeout: 5000 }).toBe(201);
});

test('a body for which there is no room any more is not written any further', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'procreg-spool-'));
  const path = join(folder, 'message');
  let asked = 0;
  const room = () => {
    if (++asked > 1) throw new Error('no room');
  };
  const source = Readable.from(Array.from({ length: 32 }, () => Buffer.alloc(mebi)));
  await expect(spool(source, path, { boundBytes: 2 ** 30, digested: false, room })).rejects.toThrow('no room');
  expect(statSync(path).size).toBeLessThan(9 * mebi);
  rmSync(folder, { recursive: true });
});
