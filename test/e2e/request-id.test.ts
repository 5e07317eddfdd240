// The id of a request: in its answer, in the log, and in an error of the server.
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { send } from '../support/http.js';
import { execute, shell } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer({ LOG_LEVEL: 'info', LOG_FORMAT: 'json' });
});

afterAll(async () => {
  await server.stop();
});

const idOf = async (headers: Record<string, string> = {}) => (await server.send({ path: '/about', headers })).headers['x-request-id'];

/** The lines of the log that carry this id; there is at least one once the answer has been logged. */
async function linesOf(requestId: string): Promise<Record<string, unknown>[]> {
  const lines = () =>
    server
      .said()
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line))
      .filter((line) => line.requestId === requestId);
  await expect.poll(() => lines().some(({ msg }) => msg === 'answered')).toBe(true);
  return lines();
}

describe('X-Request-Id', () => {
  test('is new for every request', async () => {
    const [one, other] = [await idOf(), await idOf()];
    expect(one).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(other).not.toBe(one);
  });

  test.each(['abc', 'a.b_c:d/e+f=g@h~i-0', 'x'.repeat(128)])('of the caller is kept: %s', async (given) => {
    expect(await idOf({ 'x-request-id': given })).toBe(given);
  });

  test.each([
    ['longer than 128', 'x'.repeat(129)],
    ['empty', ''],
    ['with a blank', 'a b'],
    ['with a quote', 'a"b'],
    ['not ASCII', 'caf\u00e9'],
  ])('of the caller that is %s is replaced', async (_what, given) => {
    expect(await idOf({ 'x-request-id': given })).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('is in every answer: refused, unknown, with an address that cannot be read', async () => {
    const headers = { 'x-request-id': 'mine' };
    for (const [path, status] of [
      ['/api/me/', 401],
      ['/nowhere', 401],
      ['/%zz', 400],
    ] as const) {
      const answer = await send(server.url, { path, headers });
      expect([answer.status, answer.headers['x-request-id']], path).toEqual([status, 'mine']);
    }
  });
});

describe('the log', () => {
  test('has the id, the user, the request, the status, and the run', async () => {
    const { headers } = await execute(server, shell('true'), { headers: { 'x-request-id': 'of-a-run' } });
    const [line] = await linesOf('of-a-run');
    expect(line).toMatchObject({ method: 'POST', status: 200, user: 'admin', run: headers['run-id'] });
  });

  test('has the trace of a valid traceparent, and ignores any other', async () => {
    const trace = '0af7651916cd43dd8448eb211c80319c';
    await idOf({ 'x-request-id': 'traced', traceparent: `00-${trace}-b7ad6b7169203331-01` });
    expect((await linesOf('traced'))[0].trace).toBe(trace);
    await idOf({ 'x-request-id': 'untraced', traceparent: `00-${trace}-b7ad6b7169203331-01-more` });
    expect((await linesOf('untraced'))[0]).not.toHaveProperty('trace');
  });
});

test('an error of the server tells its request id, under which the log tells why', async () => {
  const database = new Database(join(server.dataDir, 'registry.sqlite'));
  database.exec('ALTER TABLE run RENAME COLUMN lane TO gone');
  database.close();
  const answer = await server.send({ path: '/api/run/', headers: { 'x-request-id': 'unlucky' } });
  expect([answer.status, answer.json.code, answer.json.request_id]).toEqual([500, 'internal', 'unlucky']);
  expect(answer.text).not.toContain('no such column');
  const lines = await linesOf('unlucky');
  expect(lines.find(({ msg }) => msg === 'request failed')).toMatchObject({ err: { message: expect.stringContaining('no such column') } });
});
