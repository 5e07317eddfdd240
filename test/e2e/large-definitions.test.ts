// Definitions with large files: an answer of many of them stays within the memory of the server, and says what it has left out.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Answer } from '../support/http.js';
import { startServer, type TestServer } from '../support/server.js';

const list = '/api/process_definition/';
/** In JSON six times as long. */
const large = { exec: '/bin/true', files: { a: '\u0001'.repeat(680_000) } };
const small = { exec: '/bin/true' };
const count = 12;

let server: TestServer;
const get = (path: string) => server.send({ path: `${list}${path}` });
const names = Array.from({ length: count + 3 }, (_, number) => `large-${number}`);

beforeAll(async () => {
  server = await startServer();
  const put = async (name: string, definition: object) =>
    expect((await server.send({ method: 'PUT', path: `${list}${name}/`, body: { definition } })).status).toBeLessThan(300);
  for (const [number, name] of names.entries()) await put(name, number < count ? large : small);
  for (let number = 0; number < count; number++) await put('large-0', large);
});
afterAll(() => server.stop());

test('a page has fewer of them, and the next page begins where it ends', async () => {
  const seen: string[] = [];
  const limits: number[] = [];
  let next: string | null = `${list}?limit=0`;
  while (next) {
    const { objects, meta }: Answer['json'] = (await server.send({ path: next })).json;
    expect(meta.total_count).toBe(names.length);
    seen.push(...objects.map(({ definition }: { definition: { name: string } }) => definition.name));
    limits.push(meta.limit);
    next = meta.next;
  }
  expect([seen, limits]).toEqual([names, [10, 10]]);
});

test('a set of them is refused, also of one that is named many times', async () => {
  for (const set of [names, Array(count).fill('large-1'), Array(count).fill('2')])
    expect(await get(`set/${set.join(';')}/`)).toMatchObject({ status: 400, json: { code: 'invalid_request' } });
  expect((await get('set/large-1;large-2;large-13;1/')).json.objects).toHaveLength(4);
});

test('the list of versions leaves old ones out, which can be read one by one', async () => {
  const { objects, truncated } = (await get('large-0/revisions/')).json;
  expect([truncated, objects[0].revision, objects.length]).toEqual([true, count + 1, 11]);
  expect((await get('large-13/revisions/')).json).toEqual({ objects: [expect.objectContaining({ revision: 1 })] });
  expect((await get('large-0/revisions/1/')).status).toBe(200);
});
