// Data of older versions, with runs in every state: this server boots on a copy of it, and shows each run correctly.
import { cpSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endOf, logOf } from '../support/restarts.js';
import { projectRoot, startServer, type TestServer } from '../support/server.js';

/** Where the data was created. */
const madeIn = '/srv/procreg-old-data';
const lost = { state: 'finished', end_reason: 'lost', success: false, error: 'set aside: the record has no stored order' };
const lostWithServer = {
  state: 'finished',
  end_reason: 'lost',
  success: false,
  error: expect.stringMatching(/^the server ended while the program ran/),
};

/** What had ended, as it is said of both. */
const ended = {
  finished: [{ end_reason: 'exit', exit_code: 0, success: true }, 'well\n'],
  message: [{ end_reason: 'exit', success: true }, 'bbb'],
  large: [{ end_reason: 'exit', success: true }, 'x'.repeat(70_000)],
  failed: [{ end_reason: 'exit', exit_code: 3, success: false }, 'wrong\n'],
  signalled: [{ end_reason: 'signal', signal: 'SIGKILL' }, ''],
  late: [{ end_reason: 'timeout', success: false }, ''],
  missing: [{ end_reason: 'spawn_error', success: false }, ''],
  zipped: [{ end_reason: 'exit', success: true, output: { content_type: 'application/zip' } }, ''],
};

const versions: Record<string, Record<string, [end: object, log: string | null]>> = {
  b51ee57: {
    ...(ended as never as Record<string, [object, string]>),
    ...Object.fromEntries(
      ['stopped', 'running', 'retried', 'ending', 'stopping', 'last', 'waiting', 'queued', 'queued_message'].map((name) => [
        name,
        [lost, null],
      ]),
    ),
  },
  beaa725: {
    ...(ended as never as Record<string, [object, string]>),
    stopped: [{ end_reason: 'stop', success: false }, ''],
    running: [lostWithServer, ''],
    stopping: [{ state: 'finished', end_reason: 'lost', success: false }, ''],
    last: [lostWithServer, ''],
    ending: [{ end_reason: 'exit', exit_code: 4, attempt: 1 }, 'ended\n'],
    queued: [{ end_reason: 'exit', exit_code: 0, success: true }, 'started later\n'],
    queued_message: [{ end_reason: 'exit', exit_code: 0, success: true }, 'b'.repeat(33_000)],
  },
};

describe.each(Object.keys(versions))('on data of %s', (version) => {
  const source = join(projectRoot, 'test/fixtures/old-data', version);
  const runs: Record<string, { id: string; state: string }> = JSON.parse(readFileSync(join(source, 'runs.json'), 'utf8'));
  const pathOf = (name: string) => `/api/run/${runs[name].id}/`;
  let server: TestServer;
  beforeAll(async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'procreg-test-'));
    cpSync(source, dataDir, { recursive: true });
    const database = new Database(join(dataDir, 'registry.sqlite'));
    const columns = database.pragma('table_info(run)') as { name: string }[];
    if (columns.some(({ name }) => name === 'run_order'))
      database.prepare('UPDATE run SET run_order = replace(run_order, ?, ?)').run(madeIn, dataDir);
    database.close();
    server = await startServer({ LANES: 'io=20' }, { dataDir });
  }, 120_000);
  afterAll(async () => {
    await server.stop();
  });

  test.each(Object.keys(versions[version]).filter((name) => name in runs))('the run `%s` has its end, and what it wrote', async (name) => {
    const [end, log] = versions[version][name];
    expect(await endOf(server, pathOf(name))).toMatchObject({ state: 'finished', ...end });
    if (log !== null) expect(await logOf(server, pathOf(name))).toBe(log);
  });

  test('an output that was a file can be read', async () => {
    const { status, bytes } = await server.send({ path: `${pathOf('zipped')}output/` });
    expect([status, bytes.subarray(0, 2).toString()]).toEqual([200, 'PK']);
  });

  test('every run is in the list, and none is unfinished but what has been started again', async () => {
    const { json } = await server.send({ path: '/api/run/?limit=100' });
    expect(json.objects).toHaveLength(Object.keys(runs).length);
    for (const name of ['retried', 'service'])
      if (version === 'beaa725')
        await expect.poll(async () => (await server.send({ path: pathOf(name) })).json).toMatchObject({ state: 'running', attempt: 2 });
    const unfinished = (await server.send({ path: '/api/run/?state=queued,starting,running,stopping' })).json.objects.map(
      ({ id }: { id: string }) => id,
    );
    const again = version === 'beaa725' ? ['retried', 'service'] : [];
    expect(unfinished.sort()).toEqual(again.map((name) => runs[name].id).sort());
  });

  test('old definitions can be run', async () => {
    const { json } = await server.send({ path: '/api/process_definition/?limit=1' });
    expect((await server.send({ method: 'POST', path: `${json.objects[0].resource_uri}execute/` })).text).toBe('well\n');
  });

  if ('created' in runs) {
    test('a run that was only created is started with its file', async () => {
      expect((await server.send({ method: 'POST', path: `${pathOf('created')}start/` })).status).toBe(202);
      expect(await endOf(server, pathOf('created'))).toMatchObject({ end_reason: 'exit', success: true });
      expect(await logOf(server, pathOf('created'))).toBe('given');
    });
  }
});
