// How long runs are kept: by age, by disk space, by their definition; and what happens when there is no space to start anything.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, expect, test } from 'vitest';
import { defined, shell } from '../support/programs.js';
import { put, spooledIds } from '../support/run-files.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
afterEach(() => server.stop());

const dayMs = 86_400_000;

/** The ids of runs of the definition, the oldest first. */
async function runsOf(definition: string, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index++) {
    const { headers } = await server.send({ method: 'POST', path: `${definition}execute/` });
    ids.push(headers['run-id'] as string);
  }
  return ids;
}

/** Starts the server again, with the runs ended, or created, this many days ago. */
async function laterOn(daysAgo: Record<string, number>, settings: Record<string, string>, column = 'finished_at'): Promise<void> {
  await server.stop({ keep: true });
  const database = new Database(join(server.dataDir, 'registry.sqlite'));
  const change = database.prepare(`UPDATE run SET ${column} = ? WHERE id = ?`);
  for (const [id, days] of Object.entries(daysAgo)) change.run(Date.now() - days * dayMs, id);
  database.close();
  server = await startServer(settings, { dataDir: server.dataDir });
}

const there = async (ids: string[]) => Promise.all(ids.map(async (id) => (await server.send({ path: `/api/run/${id}/` })).status === 200));

/** Waits for the end of the sweep after the boot: until these answers stay the same. */
const expectThere = (ids: string[], expected: boolean[]) => expect.poll(() => there(ids), { timeout: 10_000 }).toEqual(expected);

const exact = (id: string): Record<string, number> => ({ [id]: 0 });

test('a run is removed with all its files when it is older than RETENTION_DAYS', async () => {
  const settings = { RETENTION_DAYS: '7' };
  server = await startServer(settings);
  const definition = await defined(server, shell('echo kept > kept; yes | head -c 300000; echo done'));
  const [old, young] = await runsOf(definition, 2);
  const work = () => readdirSync(join(server.dataDir, 'work', 'kept'));
  const places = () => [existsSync(join(server.dataDir, 'runs', old)), existsSync(join(server.dataDir, 'runs', young))];
  expect(places()).toEqual([true, true]);
  await laterOn({ [old]: 7.1, [young]: 6.9 }, settings);
  await expectThere([old, young], [false, true]);
  await expect.poll(places).toEqual([false, true]);
  if (existsSync(join(server.dataDir, 'work', 'kept'))) await expect.poll(work).not.toContain(old);
  for (const path of ['', 'output/', 'log/', 'files/', 'files/kept', 'archive/']) {
    expect([path, (await server.send({ path: `/api/run/${old}/${path}` })).status]).toEqual([path, 404]);
  }
  expect((await server.send({ path: `/api/run/${young}/files/kept` })).text).toBe('kept\n');
});

test('beyond RETENTION_BYTES the oldest runs are removed, but none that is younger than a day', async () => {
  const settings = { RETENTION_BYTES: '250KiB', USER_MAX_BYTES: '0' };
  server = await startServer(settings);
  const [first, second, third, fourth] = await runsOf(await defined(server, shell('head -c 100000 /dev/urandom > left')), 4);
  const small = (await runsOf(await defined(server, shell('true')), 1))[0];
  await laterOn({ [first]: 4, [second]: 3, [third]: 2, [fourth]: 1.5, [small]: 1.2 }, settings);
  await expectThere([first, second, third, fourth, small], [false, false, true, true, true]);
  await laterOn({ ...exact(third), ...exact(fourth) }, { RETENTION_BYTES: '1KiB' });
  await new Promise((resolve) => setTimeout(resolve, 3000));
  expect(await there([third, fourth])).toEqual([true, true]);
});

test('beyond USER_MAX_BYTES the oldest runs of this user are removed, and those of others stay', async () => {
  const settings = { USER_MAX_BYTES: '300KiB' };
  server = await startServer(settings);
  await server.user('other:password', 'author');
  const definition = await defined(server, shell('head -c 100000 /dev/urandom > left', { visibility: 'shared' }));
  const other = (await server.send({ method: 'POST', path: `${definition}execute/`, login: 'other:password' })).headers['run-id'] as string;
  const own = await runsOf(definition, 2);
  await laterOn({ [other]: 5, [own[0]]: 4, [own[1]]: 3 }, { USER_MAX_BYTES: '150KiB' });
  await expectThere([other, ...own], [true, false, true]);
});

test('keep.runs and keep.days of a definition apply to its runs alone', async () => {
  const settings = { RETENTION_DAYS: '10' };
  server = await startServer(settings);
  const few = await runsOf(await defined(server, shell('echo few', { keep: { runs: 2 } })), 4);
  const brief = await runsOf(await defined(server, shell('echo brief', { keep: { days: 1 } })), 2);
  const long = await runsOf(await defined(server, shell('echo long', { keep: { days: 100 } })), 2);
  const plain = await runsOf(await defined(server, shell('echo plain')), 2);
  const ages = { [brief[0]]: 1.1, [brief[1]]: 0.9, [long[0]]: 99, [long[1]]: 101, [plain[0]]: 11, [plain[1]]: 9 };
  await laterOn(ages, settings);
  await expectThere(few, [false, false, true, true]);
  await expectThere([...brief, ...long, ...plain], [false, true, true, false, false, true]);
});

test('a run that was only created is removed by its age, whatever space it takes; one that still runs stays', async () => {
  const settings = { RETENTION_DAYS: '2', RETENTION_BYTES: '1', USER_MAX_BYTES: '0' };
  server = await startServer(settings);
  const make = async (body: object) => (await server.send({ method: 'POST', path: '/api/run/', body })).json.id as string;
  const [old, young, lasting] = [
    await make({ ...shell('true'), start: false }),
    await make({ ...shell('true'), start: false }),
    await make({ definition: await defined(server, shell('true', { keep: { days: 9 } })), start: false }),
  ];
  const running = await make(shell('sleep 60'));
  expect((await put(server, `/api/run/${old}/files/a`, 'put for it')).status).toBe(201);
  const days = { [old]: 2.1, [young]: 1.9, [lasting]: 8, [running]: 400 };
  await laterOn(days, settings, 'created_at');
  await expectThere([old, young, lasting, running], [false, true, true, true]);
  await expect.poll(() => existsSync(join(server.dataDir, 'runs', old))).toBe(false);
  expect((await server.send({ method: 'POST', path: `/api/run/${young}/start/` })).status).toBe(202);
  await server.send({ method: 'POST', path: `/api/run/${running}/stop/` });
});

test('with too little space on the disk no run starts, no message is taken and no definition is written, and the rest works', async () => {
  server = await startServer();
  const definition = await defined(server, shell('echo hi'));
  await server.stop({ keep: true });
  server = await startServer({ DISK_WATERMARK: '1000000GiB' }, { dataDir: server.dataDir });
  const refused = await server.send({ method: 'POST', path: `${definition}execute/`, body: 'a message' });
  expect([refused.status, refused.json.code]).toEqual([507, 'disk_full']);
  const large = await server.send({
    method: 'POST',
    path: `${definition}execute/`,
    body: Buffer.alloc(200_000),
    headers: { prefer: 'respond-async' },
  });
  expect([large.status, large.json.code]).toEqual([507, 'disk_full']);
  const ordered = await server.send({ method: 'POST', path: '/api/run/', body: shell('true') });
  expect([ordered.status, ordered.json.code]).toEqual([507, 'disk_full']);
  expect((await server.send({ path: '/api/run/' })).json.meta.total_count).toBe(0);
  expect(spooledIds(server)).toEqual([]);
  expect((await put(server, '/api/run/none/files/a', 'a')).status).toBe(507);
  const list = '/api/process_definition/';
  const object = { definition: shell('echo more') };
  const writes: [string, string, object][] = [
    ['POST', list, object],
    ['PUT', `${list}new/`, object],
    ['PUT', definition, object],
    ['PATCH', definition, object],
    ['PUT', list, { objects: [object] }],
    ['PATCH', list, { objects: [object] }],
    ['POST', `${definition}revisions/1/restore/`, {}],
  ];
  for (const [method, path, body] of writes) {
    const answer = await server.send({ method, path, body });
    expect([method, path, answer.status, answer.json.code]).toEqual([method, path, 507, 'disk_full']);
  }
  expect((await server.send({ method: 'PATCH', path: list, body: { objects: [], deleted_objects: [definition] } })).status).toBe(202);
});
