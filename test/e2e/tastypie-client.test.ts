// A client library that was written for tastypie, ts-resource-tastypie, works against the registry.
import { createRequire } from 'node:module';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { startServer, type TestServer } from '../support/server.js';

const { Tastypie } = createRequire(import.meta.url)('ts-resource-tastypie') as typeof import('ts-resource-tastypie');

interface Stored {
  id: number;
  resource_uri: string;
  definition: { exec: string; argv?: string[] };
}

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ ALWAYS_RETURN_DATA: 'true' });
  const authorization = `Basic ${Buffer.from('admin:secret').toString('base64')}`;
  Tastypie.Provider.add(new Tastypie.Provider({ name: 'registry', url: `${server.url}/api`, headers: { authorization } }));
});
afterAll(async () => {
  await server.stop();
});

/** The library prints every failure, with the request that it is about. */
beforeEach(async () => {
  vi.spyOn(console, 'log').mockImplementation(() => {});
  await server.send({ method: 'DELETE', path: '/api/process_definition/' });
});
afterEach(() => {
  vi.restoreAllMocks();
});

const newResource = () => new Tastypie.Resource<Stored>('process_definition');

async function fiveStored(): Promise<string[]> {
  const execs = ['/bin/p1', '/bin/p2', '/bin/p3', '/bin/p4', '/bin/p5'];
  for (const exec of execs) await server.send({ method: 'POST', path: '/api/process_definition/', body: { definition: { exec } } });
  return execs;
}

const execsOf = (page: { objects: Stored[] }) => page.objects.map(({ definition }) => definition.exec);

test('it pages forwards and backwards, to the first, the last and any other page', async () => {
  const [one, two, three, four, five] = await fiveStored();
  const page = await newResource().objects.find({ limit: 2 });
  expect([page.meta.total_count, page.length, page.range, page.index]).toEqual([5, 3, [1, 2, 3], 1]);
  expect(execsOf(page)).toEqual([one, two]);
  expect([execsOf(await page.next()), page.index]).toEqual([[three, four], 2]);
  expect([execsOf(await page.next()), page.index]).toEqual([[five], 3]);
  await expect(page.next()).rejects.toContain('Not exist next pages');
  expect(execsOf(await page.previous())).toEqual([three, four]);
  expect(execsOf(await page.first())).toEqual([one, two]);
  await expect(page.previous()).rejects.toContain('Not exist previous pages');
  expect(execsOf(await page.last())).toEqual([five]);
  expect([execsOf(await page.change(2)), page.index]).toEqual([[three, four], 2]);
});

test('it collects all pages one after another', async () => {
  const execs = await fiveStored();
  const resource = new Tastypie.Resource<Stored>('process_definition', {
    model: class {
      constructor(row: Stored) {
        Object.assign(this, row);
      }
    },
  });
  const page = await resource.objects.find({ limit: 2 });
  while (page.meta.next) await page.nextInfinite();
  expect(execsOf(page)).toEqual(execs);
});

test('it filters and orders, and continues to do so on the next page', async () => {
  const execs = await fiveStored();
  const page = await newResource().objects.find({ limit: 2, order_by: '-exec', exec__in: execs.slice(1).join(',') });
  expect(execsOf(page)).toEqual(['/bin/p5', '/bin/p4']);
  expect(execsOf(await page.next())).toEqual(['/bin/p3', '/bin/p2']);
});

test('it creates, gets, updates and deletes', async () => {
  const { objects } = newResource();
  const created = await objects.create({ definition: { exec: '/usr/bin/tr', argv: ['-d', 'x'] } });
  expect(created).toEqual({
    id: expect.any(Number),
    resource_uri: `/api/process_definition/${created.id}/`,
    definition: { exec: '/usr/bin/tr', argv: ['-d', 'x'] },
  });
  expect(await objects.get(created.id)).toEqual(created);
  const updated = await objects.update(created.id, { definition: { exec: '/bin/cat' } });
  expect(updated).toEqual({ ...created, definition: { exec: '/bin/cat' } });
  expect(await objects.get(created.id)).toEqual(updated);
  await objects.delete(created.id);
  await expect(objects.get(created.id)).rejects.toMatchObject({ response: { status: 404 } });
  expect((await objects.find()).meta.total_count).toBe(0);
});

test('it saves what is new with POST and what has an id with PATCH', async () => {
  const { objects } = newResource();
  const saved = await objects.save({ definition: { exec: '/bin/one' } });
  const again = await objects.save({ ...saved, definition: { exec: '/bin/two' } });
  expect(again).toEqual({ ...saved, definition: { exec: '/bin/two' } });
  expect((await objects.find()).meta.total_count).toBe(1);
});

test('a refusal reaches its caller with the status and the sentence', async () => {
  const refused = newResource().objects.create({ definition: { exec: '' } });
  await expect(refused).rejects.toMatchObject({ response: { status: 400, data: { error: expect.stringContaining('exec') } } });
});
