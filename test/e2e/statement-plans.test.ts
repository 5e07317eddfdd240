// No statement of the server reads a large table from end to end: every list, filter, order and page, every write, and the jobs behind them.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type DatabaseName, databases, newDatabase } from '../support/databases.js';
import { inDatabase, insertDefinitions, insertRuns, newPlace, type Place } from '../support/many-rows.js';
import { defined, shell } from '../support/programs.js';
import { projectRoot, startServer, type TestServer } from '../support/server.js';

const large = [
  'process_definition',
  'definition_revision',
  'run',
  'run_log',
  'idempotency_key',
  'binding_message',
  'run_span',
  'definition_count',
];
const list = '/api/process_definition/';
const dayMs = 86_400_000;

/** What may read a large table from end to end. */
const exceptions: Record<DatabaseName, RegExp[]> = {
  SQLite: [
    // the active runs, which a server takes over at its start
    /WHERE "r"\."state" IN \(\?, \?, \?\)$/,
    // the start of an id or of an order, without a condition, for one page: it ends after few rows
    /FROM (process_definition|run r) WHERE 1 = 1 ORDER BY \w+ (ASC|DESC)(, id (ASC|DESC))? LIMIT \?/,
    /^SELECT COUNT\(\*\) AS n FROM \(SELECT id FROM process_definition WHERE 1 = 1 LIMIT \?\) counted$/,
    /^SELECT "r"\."id" AS "r_id".* FROM "run" "r"( WHERE .*)? ORDER BY "r_id" DESC LIMIT \d+$/,
  ],
  MariaDB: [],
};

let server: TestServer;
afterEach(() => server.stop());

const filters = [
  ...[
    'name=many-7',
    'name__in=many-7,many-8',
    'name__startswith=many-77',
    'name__gt=many-99',
    'name__range=many-5,many-51',
    'name__contains=77',
  ],
  ...[
    'exec=/usr/bin/tool-3',
    'exec__in=/usr/bin/tool-3,/none',
    'exec__startswith=/none',
    'exec__lte=/none',
    'exec=/usr/bin/tool-3&name=many-3',
  ],
  ...['application=app-1', 'application__startswith=none', 'process_type=service', 'process_type=single&application=none'],
  ...['id=7', 'id__in=7,8', 'id__lt=9', 'id__range=5,9', 'order_by=id', 'order_by=-id', 'offset=40', 'offset=2980', 'limit=0&id__lt=90'],
  ...['owner=other', 'owner=nobody', 'owner=other&name__startswith=many-77', 'q=77', 'tags=none&owner=other'],
  ...['name', 'exec', 'application', 'process_type'].flatMap((field) => [
    `order_by=${field}`,
    `order_by=-${field}`,
    `order_by=-${field}&offset=60`,
  ]),
];
const runFilters = (id: string) => [
  ...[
    '',
    'offset=40',
    'offset=3980',
    'order_by=created_at',
    `after=${id}`,
    `after=${id}&order_by=created_at`,
    'definition=many-7',
    'definition=3',
  ],
  ...[
    'state=finished',
    'state=running,queued',
    'end_reason=signal',
    'end_reason=lost',
    'owner=other',
    'owner=admin&state=finished',
    'owner=other&success=true',
    'owner=admin&end_reason=signal',
    'offset=1900',
    'definition=3&success=false',
    'definition=3&q=many',
    'definition=3&state=running',
  ],
  ...['gte=2026-01-01T00:00:00Z', 'lt=2026-01-01T00:00:00Z', 'range=2026-01-01T00:00:00Z,2026-01-02T00:00:00Z'].map(
    (time) => `created_at__${time}`,
  ),
];

const first = Array.from({ length: 100 }, (_none, index) => index + 1).join(',');

/** Asks for everything that reads or writes a large table. */
async function useAll(runId: string): Promise<void> {
  for (const login of ['admin:secret', 'other:pw']) {
    for (const query of filters) expect([query, (await server.send({ path: `${list}?${query}`, login })).status]).toEqual([query, 200]);
    for (const query of runFilters(runId))
      expect([query, (await server.send({ path: `/api/run/?${query}`, login })).status]).toEqual([query, 200]);
    for (const path of [
      `${list}7/`,
      `${list}many-11/`,
      `${list}set/1;2;many-3/`,
      `/api/run/${runId}/`,
      '/api/binding/',
      `/api/run/recent/?definitions=${first}`,
    ])
      await server.send({ path, login });
  }
  const definition = await defined(server, shell('cat', { name: 'new-one', keep: { runs: 2, days: 3 } }));
  for (const key of ['one', 'one', 'two'])
    await server.send({ method: 'POST', path: `${definition}execute/`, headers: { 'idempotency-key': key }, body: 'message' });
  const { json } = await server.send({ method: 'POST', path: '/api/run/', body: { definition, start: false } });
  await server.send({ method: 'POST', path: `/api/run/${json.id}/start/` });
  await server.send({ path: `/api/run/${json.id}/wait/` });
  await server.send({ method: 'DELETE', path: `/api/run/${json.id}/` });
  await server.send({ method: 'DELETE', path: `/api/run/${runId}/` });
  await server.send({ method: 'PUT', path: definition, body: { definition: shell('true', { name: 'new-one' }) } });
  await server.send({ path: `${definition}revisions/` });
  await server.send({ method: 'DELETE', path: definition });
  await server.send({ method: 'DELETE', path: list, login: 'other:pw' });
}

/** The tables that SQLite would read from end to end, or sort, or search by a value that most rows have. */
async function faultsInSqlite(place: Place, sql: string): Promise<string[]> {
  const plan = (await inDatabase(place, `EXPLAIN QUERY PLAN ${sql}`, [Array(sql.split('?').length - 1).fill(null)])).map(({ detail }) =>
    String(detail),
  );
  const names = new Map(
    [...sql.matchAll(/\b(?:FROM|JOIN|UPDATE|INTO)\s+"?(\w+)"?(?:\s+(?:AS\s+)?"?(\w+)"?)?/g)].map(([, table, alias]) => [
      alias ?? table,
      table,
    ]),
  );
  const isLarge = (name: string) => large.includes(names.get(name) ?? name);
  const scans = plan.filter((step) => isLarge(/^SCAN (\w+)/.exec(step)?.[1] ?? ''));
  const isBounded = /\bLIMIT\b/.test(sql) && !plan.some((step) => step.includes('USE TEMP B-TREE FOR ORDER BY'));
  const wide = plan.filter(
    (step) =>
      /USING (COVERING )?INDEX (run_state_reason|\w*shared\w*) \(\w+=\?\)/.test(step) && !isBounded && !/\b(few|merged)\b/.test(sql),
  );
  return [...scans, ...wide];
}

async function faultsInMariaDb(place: Place, sql: string): Promise<string[]> {
  const steps = await inDatabase(place, `EXPLAIN ${sql}`);
  const slow = steps.filter(
    ({ type, rows, Extra }) =>
      (type === 'ALL' || type === 'index') && Number(rows) > 2500 && !/Select tables optimized/.test(String(Extra)),
  );
  return slow.filter(({ table }) => !/^<|^$/.test(String(table))).map(({ table, type, rows }) => `${table}: ${type} of ${rows} rows`);
}

test.each(databases)(
  'no scan of a large table on %s',
  async (database) => {
    const settings = await newDatabase(database);
    const place = await newPlace(settings);
    await insertDefinitions(place, 3000);
    const ids = await insertRuns(place, 4000, Date.now() - 29.99 * dayMs);
    if (place.url) await inDatabase(place, `ANALYZE TABLE ${large.join(', ')}`);
    const statements = join(place.dataDir, 'statements');
    writeFileSync(statements, '');
    const recording = { STATEMENTS: statements, NODE_OPTIONS: `--import=${join(projectRoot, 'test/support/record-statements.mjs')}` };
    server = await startServer({ ...settings, ...recording }, { dataDir: place.dataDir });
    await expect.poll(async () => (await inDatabase(place, 'SELECT COUNT(*) AS n FROM run_span'))[0].n, { timeout: 60_000 }).not.toBe(0);
    await useAll(ids[3990]);
    await server.stop({ keep: true });
    const said = readFileSync(statements, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as string);
    const explained = said.filter((sql) => /^(SET STATEMENT \S+ = \S+ FOR )?(SELECT|UPDATE|DELETE|INSERT)/.test(sql));
    expect(explained.length).toBeGreaterThan(100);
    const faults: Record<string, string[]> = {};
    for (const sql of explained) {
      if (exceptions[database].some((pattern) => pattern.test(sql))) continue;
      const found = await (database === 'SQLite' ? faultsInSqlite : faultsInMariaDb)(
        place,
        sql.replace(/^SET STATEMENT \S+ = \S+ FOR /, ''),
      );
      if (found.length > 0) faults[sql] = found;
    }
    expect(faults).toEqual({});
  },
  180_000,
);
