// total_count is exact: over runs and definitions that come, change, end and go, and over a server that was killed, whatever is counted already.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { databases, newDatabase } from '../support/databases.js';
import { inDatabase, insertDefinitions, insertRuns, newPlace, type Place } from '../support/many-rows.js';
import { defined, shell } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

const list = '/api/process_definition/';
const dayMs = 86_400_000;
let server: TestServer;
afterEach(() => server.stop());

interface Case {
  where: string;
  values?: unknown[];
}

async function expectTotal(place: Place, path: string, { where, values = [] }: Case, login?: string): Promise<void> {
  const table = path.startsWith(list) ? 'process_definition' : 'run';
  const [row] = await inDatabase(place, `SELECT COUNT(*) AS n FROM ${table} WHERE ${where}`, [values]);
  const { status, json } = await server.send({ path, ...(login && { login }) });
  expect([path, login, status, json.meta?.total_count]).toEqual([path, login, 200, Number(row.n)]);
}

/** Of the runs that others have started of definitions of other:pw. */
const ofOthers = {
  '?owner=admin': 'owner_id = 1 AND author_id = 2',
  '?owner=admin&end_reason=signal': "owner_id = 1 AND author_id = 2 AND end_reason = 'signal'",
  '?owner=other': 'owner_id = 2',
};

const iso = (timeMs: number) => new Date(timeMs).toISOString();

async function expectRunTotals(place: Place, [oldMs, newMs]: [number, number]): Promise<void> {
  const cases: Record<string, Case> = {
    '': { where: '1 = 1' },
    '?state=finished': { where: "state = 'finished'" },
    '?state=running,created': { where: "state IN ('running', 'created')" },
    '?end_reason=signal': { where: "end_reason = 'signal'" },
    '?end_reason=exit,signal&state=finished': { where: "end_reason IN ('exit', 'signal')" },
    '?definition=3': { where: 'definition_id = 3' },
    '?definition=3&state=finished': { where: "definition_id = 3 AND state = 'finished'" },
    '?definition=3&end_reason=signal': { where: "definition_id = 3 AND end_reason = 'signal'" },
    '?owner=admin': { where: 'owner_id = 1' },
    '?owner=other&end_reason=exit': { where: "owner_id = 2 AND end_reason = 'exit'" },
    '?owner=nobody': { where: '1 = 0' },
    '?success=true': { where: 'success = 1' },
    '?success=false&definition=3': { where: 'success = 0 AND definition_id = 3' },
    '?q=MANY-1': { where: "definition_id IN (SELECT id FROM process_definition WHERE name LIKE '%many-1%')" },
  };
  for (const [fromMs, toMs] of [
    [oldMs - 1, newMs + 1],
    [oldMs + 123_456, newMs - 234_567],
    [oldMs + 400_000, oldMs + 400_000],
    [newMs, oldMs],
  ])
    cases[`?created_at__range=${iso(fromMs)},${iso(toMs)}`] = { where: 'created_at BETWEEN ? AND ?', values: [fromMs, toMs] };
  cases[`?created_at__gte=${iso(newMs - 600_001)}`] = { where: 'created_at >= ?', values: [newMs - 600_001] };
  cases[`?created_at__lt=${iso(oldMs + 600_001)}`] = { where: 'created_at < ?', values: [oldMs + 600_001] };
  for (const [query, where] of Object.entries(ofOthers)) await expectTotal(place, `/api/run/${query}`, { where }, 'other:pw');
  for (const [query, one] of Object.entries(cases)) {
    await expectTotal(place, `/api/run/${query}`, one);
    if (!query.includes('owner'))
      await expectTotal(place, `/api/run/${query}`, { ...one, where: `(owner_id = 2 OR author_id = 2) AND (${one.where})` }, 'other:pw');
  }
}

/** Until all runs but the newest are counted. */
async function counted(place: Place): Promise<void> {
  const left = async () =>
    Number((await inDatabase(place, "SELECT COUNT(*) AS n FROM run WHERE id > COALESCE((SELECT last_id FROM run_counted), '')"))[0].n);
  await expect.poll(left, { timeout: 60_000 }).toBeLessThan(1000);
}

describe.each(databases)('on %s', (database) => {
  async function filled(
    settings: Record<string, string>,
    untilMs: number,
  ): Promise<{ place: Place; settings: Record<string, string>; ids: string[] }> {
    const all = { ...(await newDatabase(database)), ...settings };
    const place = await newPlace(all, async (first) => {
      for (let index = 0; index < 5; index++) await defined(first, shell('true'));
    });
    const ids = await insertRuns(place, 4000, untilMs);
    server = await startServer(all, { dataDir: place.dataDir });
    return { place, settings: all, ids };
  }

  test('of runs', async () => {
    const untilMs = Date.now() - dayMs;
    const { place, settings, ids } = await filled({ RETENTION_DAYS: '0' }, untilMs);
    const range: [number, number] = [untilMs - 3_999_000, untilMs];
    await expectRunTotals(place, range);
    await counted(place);
    const running = await server.send({ method: 'POST', path: '/api/run/', body: shell('sleep 60') });
    const created = await server.send({ method: 'POST', path: '/api/run/', body: { definition: `${list}3/`, start: false } });
    await server.send({ method: 'POST', path: `${list}3/execute/`, login: 'other:pw' });
    for (const id of [ids[0], ids[25], ids[1000], ids[3999], created.json.id])
      expect((await server.send({ method: 'DELETE', path: `/api/run/${id}/` })).status).toBe(204);
    await expect
      .poll(async () => (await server.send({ path: `/api/run/${running.json.id}/` })).json.state, { timeout: 30_000 })
      .toBe('running');
    await expectRunTotals(place, range);
    server.process.kill('SIGKILL');
    await sleep(100);
    server = await startServer(settings, { dataDir: server.dataDir });
    await server.send({ method: 'POST', path: `/api/run/${running.json.id}/stop/` });
    await expect
      .poll(async () => (await server.send({ path: `/api/run/${running.json.id}/` })).json.state, { timeout: 30_000 })
      .toBe('finished');
    await expectRunTotals(place, range);
  }, 180_000);

  test('of runs that the retention removes, a few at a time', async () => {
    const untilMs = Date.now() - 9.99 * dayMs;
    const { place, ids } = await filled({ RETENTION_DAYS: '0' }, untilMs);
    await counted(place);
    const key = ['1', 'old', 'f', ids[0], Date.now() - 2 * dayMs];
    await server.stop({ keep: true });
    await inDatabase(
      place,
      'INSERT INTO idempotency_key VALUES (?, ?, ?, ?, ?, NULL, NULL)',
      Array.from({ length: 1200 }, (_, index) => [key[0], `old-${index}`, ...key.slice(2)]),
    );
    const settings = { ...(place.url !== undefined && { DATABASE_URL: place.url }), RETENTION_DAYS: '10', RETENTION_BYTES: '1GiB' };
    const boundMs = Date.now() - 10 * dayMs;
    server = await startServer(settings, { dataDir: server.dataDir });
    const kept = async (sql: string, values: unknown[] = []) => Number((await inDatabase(place, sql, [values]))[0].n);
    await expect.poll(() => kept('SELECT COUNT(*) AS n FROM run WHERE finished_at < ?', [boundMs]), { timeout: 60_000 }).toBe(0);
    await expect.poll(() => kept('SELECT COUNT(*) AS n FROM idempotency_key'), { timeout: 60_000 }).toBe(0);
    expect(await kept('SELECT COUNT(*) AS n FROM run')).toBeGreaterThan(500);
    expect(await kept('SELECT COUNT(*) AS n FROM run WHERE kept_bytes IS NULL')).toBe(0);
    await expectRunTotals(place, [untilMs - 3_999_000, untilMs]);
    const sums = 'SELECT SUM(bytes) AS bytes, SUM(unmeasured) AS unmeasured FROM run_span WHERE owner_id = -1 AND level = 26';
    const [{ bytes, unmeasured }] = await inDatabase(place, sums);
    const all = 'SELECT SUM(kept_bytes) AS n FROM run WHERE id <= (SELECT last_id FROM run_counted)';
    expect([Number(bytes), Number(unmeasured)]).toEqual([await kept(all), 0]);
  }, 180_000);

  test('of definitions', async () => {
    const settings = await newDatabase(database);
    const place = await newPlace(settings);
    await insertDefinitions(place, 3000);
    server = await startServer(settings, { dataDir: place.dataDir });
    const expectTotals = async () => {
      const cases: Record<string, string> = {
        '': '1 = 1',
        '?exec=/usr/bin/tool-3': "exec = '/usr/bin/tool-3'",
        '?exec__in=/usr/bin/tool-3,/usr/bin/tool-4,/none': "exec IN ('/usr/bin/tool-3', '/usr/bin/tool-4')",
        '?exec__startswith=/usr/bin/tool': "exec LIKE '/usr/bin/tool%'",
        '?application=app-1': "application = 'app-1'",
        '?process_type=service': "process_type = 'service'",
        '?process_type=single&application=app-2': "process_type = 'single' AND application = 'app-2'",
        '?name__contains=99': "name LIKE '%99%'",
        '?name__startswith=many-1': "name LIKE 'many-1%'",
        '?order_by=-exec': '1 = 1',
      };
      for (const [query, where] of Object.entries(cases)) {
        await expectTotal(place, `${list}${query}`, { where });
        await expectTotal(place, `${list}${query}`, { where: `(owner_id = 2 OR shared = 1) AND ${where}` }, 'other:pw');
      }
    };
    await expectTotals();
    const body = { definition: { exec: '/usr/bin/tool-3', application: 'app-1' } };
    const { headers } = await server.send({ method: 'POST', path: list, body });
    const change = { definition: { exec: '/usr/bin/tool-4', visibility: 'shared', process_type: 'service', keep: { runs: 3 } } };
    expect((await server.send({ method: 'PUT', path: String(headers.location), body: change })).status).toBe(204);
    await expectTotals();
    expect((await server.send({ method: 'DELETE', path: String(headers.location) })).status).toBe(204);
    expect((await server.send({ method: 'DELETE', path: `${list}3/` })).status).toBe(204);
    expect((await server.send({ method: 'DELETE', path: list, login: 'other:pw' })).status).toBe(204);
    await expectTotals();
  }, 120_000);
});
