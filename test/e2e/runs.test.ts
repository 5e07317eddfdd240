// The records of runs: lists, details, waiting, deletion, and what a killed server leaves.
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases, newDatabase } from '../support/databases.js';
import type { Answer } from '../support/http.js';
import { begun, defined, ran, shell } from '../support/programs.js';
import { adminLogin, startServer, type TestServer } from '../support/server.js';

const author = 'anna:anna-password';
const idOf = (run: string) => run.split('/')[3];

describe.each(databases)('runs on %s', (databaseName) => {
  let server: TestServer;
  let settings: Record<string, string>;

  beforeAll(async () => {
    settings = { ...(await newDatabase(databaseName)), GRACE: '1' };
    server = await startServer(settings);
    await server.user(author, 'author');
  });
  afterAll(() => server.stop());

  const get = (path: string) => server.send({ path });
  const start = (definition: string, login = adminLogin) => server.send({ method: 'POST', path: `${definition}execute/`, login });
  const remove = (path: string, login = adminLogin) => server.send({ method: 'DELETE', path, login });
  const idsOf = ({ json }: Answer): string[] => json.objects.map(({ id }: { id: string }) => id);
  const ids = async (query: string) => idsOf(await get(`/api/run/?${query}`));

  describe('the list', () => {
    let path: string;
    const made: string[] = [];
    beforeAll(async () => {
      path = await defined(server, shell('exit 0', { name: 'listed', visibility: 'shared' }));
      for (let count = 0; count < 5; count++) made.unshift((await start(path)).headers['run-id'] as string);
    });

    test('is newest first, with what a table of runs needs', async () => {
      const { json } = await get('/api/run/?limit=5');
      expect(await ids('limit=5')).toEqual(made);
      expect(json.meta).toMatchObject({ limit: 5, offset: 0, previous: null });
      expect(json.objects[0]).toMatchObject({
        state: 'finished',
        end_reason: 'exit',
        success: true,
        exit_code: 0,
        definition: path,
        exec: '/bin/sh',
        owner: 'admin',
      });
    });

    test('is filtered by definition: id, uri or name', async () => {
      const id = path.match(/\d+/)?.[0];
      for (const reference of [id, path, 'listed', 'admin:listed']) expect(await ids(`definition=${reference}`)).toEqual(made);
      expect((await get('/api/run/?definition=no-such')).status).toBe(404);
    });

    test('is filtered by state and end_reason', async () => {
      const [failed, signalled, running] = [
        await ran(server, shell('exit 3')),
        await ran(server, shell('kill -KILL $$')),
        await begun(server, shell('sleep 1')),
      ];
      expect(await ids('end_reason=signal')).toEqual([idOf(signalled)]);
      expect(await ids('state=running')).toEqual([idOf(running)]);
      expect((await ids('state=finished&end_reason=exit')).slice(0, 1)).toEqual([idOf(failed)]);
      expect((await get('/api/run/?state=sleeping')).json.code).toBe('invalid_request');
      await get(`${running}wait/`);
    });

    test('is filtered by owner, and shows users only their own runs', async () => {
      const id = (await start(path, author)).headers['run-id'];
      expect(await ids('owner=anna')).toEqual([id]);
      expect(await ids('owner=admin')).not.toContain(id);
      expect(idsOf(await server.send({ path: '/api/run/', login: author }))).toEqual([id]);
      expect((await remove(`/api/run/${id}/`, author)).status).toBe(204);
    });

    test('is filtered by ranges of created_at', async () => {
      const at = encodeURIComponent((await get(`/api/run/${made[2]}/`)).json.created_at);
      expect(await ids(`definition=listed&created_at__gte=${at}`)).toEqual(made.slice(0, 3));
      expect(await ids(`definition=listed&created_at__gt=${at}`)).toEqual(made.slice(0, 2));
      expect(await ids(`definition=listed&created_at__lte=${at}`)).toEqual(made.slice(2));
      expect(await ids(`definition=listed&created_at__lt=${at}`)).toEqual(made.slice(3));
      expect((await get('/api/run/?created_at__gte=yesterday')).status).toBe(400);
    });

    test('has an order, pages by offset, and pages after a cursor', async () => {
      const oldest = [...made].reverse();
      expect(await ids('definition=listed&order_by=created_at')).toEqual(oldest);
      expect(await ids('definition=listed&order_by=-created_at')).toEqual(made);
      expect(await ids('definition=listed&limit=2&offset=1')).toEqual(made.slice(1, 3));
      expect(await ids(`definition=listed&limit=2&after=${made[1]}`)).toEqual(made.slice(2, 4));
      expect(await ids(`definition=listed&order_by=created_at&after=${oldest[2]}`)).toEqual(oldest.slice(3));
      const { next } = (await get('/api/run/?definition=listed&limit=3')).json.meta;
      expect(idsOf(await get(next))).toEqual(made.slice(3));
      expect((await get('/api/run/?order_by=exec')).status).toBe(400);
    });
  });

  const keys = `argv attempt created_at definition definition_name duration_ms end_reason error exec exit_code finished_at id input_bytes
    isolation lane output owner parameters pid priority queued_ms rerun_of resource_uri revision signal started_at state success trigger usage`;
  test('the detail says what ran, how it went and how long it took', async () => {
    const { json, headers } = await get(await ran(server, shell('sleep 0.3; echo hi')));
    expect([headers['content-type'], ...Object.keys(json).sort()]).toEqual(['application/json', ...keys.split(/\s+/)]);
    expect(json).toMatchObject({
      exec: '/bin/sh',
      argv: ['-c', 'sleep 0.3; echo hi'],
      revision: 1,
      attempt: 1,
      lane: 'io',
      priority: 0,
      signal: null,
      error: null,
      success: true,
    });
    expect(json.duration_ms).toBeGreaterThanOrEqual(290);
    expect(json.duration_ms).toBe(Date.parse(json.finished_at) - Date.parse(json.started_at));
    expect(json.queued_ms).toBe(Date.parse(json.started_at) - Date.parse(json.created_at));
  });

  test('wait/ gives the run when it has ended, and 202 after the time', async () => {
    const path = await begun(server, shell('sleep 1.5'));
    expect(await get(`${path}wait/?timeout=0.2`)).toMatchObject({ status: 202, json: { state: 'running' } });
    expect(await get(`${path}wait/?timeout=20`)).toMatchObject({ status: 200, json: { state: 'finished', success: true } });
    expect((await get(`${path}wait/?timeout=soon`)).status).toBe(400);
  });

  test('DELETE removes a run with all its files, and is 409 while it runs', async () => {
    const folder = (path: string) => join(server.dataDir, 'runs', idOf(path));
    const path = await ran(server, shell('yes | head -c 200000'));
    expect([existsSync(folder(path)), (await remove(path)).status]).toEqual([true, 204]);
    for (const gone of [path, `${path}output/`, `${path}log/`, `${path}wait/`]) expect((await get(gone)).status).toBe(404);
    expect([existsSync(folder(path)), (await remove(path)).status]).toEqual([false, 404]);
    const running = await begun(server, shell('sleep 1; echo done'));
    expect(await remove(running)).toMatchObject({ status: 409, json: { code: 'run_active' } });
    expect((await get(`${running}wait/`)).json.success).toBe(true);
    expect((await remove(running)).status).toBe(204);
  });

  test('deleting a definition keeps its runs', async () => {
    const definition = await defined(server, shell('echo kept'));
    const path = `/api/run/${(await start(definition)).headers['run-id']}/`;
    expect((await remove(definition)).status).toBe(204);
    expect((await get(path)).json).toMatchObject({ exec: '/bin/sh', argv: ['-c', 'echo kept'], success: true });
    expect([(await get(`${path}output/`)).text, await ids(`definition=${definition}`)]).toEqual(['kept\n', [idOf(path)]]);
  });

  test('after kill -9 of the server running runs keep running, and finished ones are whole', async () => {
    const large = await ran(server, shell('yes | head -c 200000'));
    const unfinished = await begun(server, shell('echo begun; sleep 2; echo over; exit 7'));
    await Promise.all([once(server.process, 'exit'), server.process.kill('SIGKILL')]);
    server = await startServer(settings, { dataDir: server.dataDir });
    expect((await get(`${unfinished}wait/`)).json).toMatchObject({ state: 'finished', end_reason: 'exit', exit_code: 7, attempt: 1 });
    expect((await get(`${unfinished}log/`)).text).toBe('begun\nover\n');
    expect((await get(`${large}output/`)).bytes.length).toBe(200_000);
    expect((await remove(unfinished)).status).toBe(204);
    expect(readdirSync(join(server.dataDir, 'runs'))).not.toContain(idOf(unfinished));
  });
});
