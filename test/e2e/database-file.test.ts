// The file of the database removed, emptied, cut, replaced, or without its -wal: refused at the start, reported while it happens, used again when it is back.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { defined, shell } from '../support/programs.js';
import { crash, until } from '../support/restarts.js';
import { projectRoot, removeFolder, startServer, type TestServer } from '../support/server.js';

const fileOf = ({ dataDir }: TestServer) => join(dataDir, 'registry.sqlite');
const all = ['', '-wal', '-shm'];

/** Where a server has stored a definition, and was killed or has ended well. */
async function left(how: 'killed' | 'ended'): Promise<TestServer> {
  const server = await startServer();
  await defined(server, shell('true'));
  // what has changed is noted once a second
  await new Promise((resolve) => setTimeout(resolve, 2500));
  if (how === 'killed') await crash(server);
  else await server.stop({ keep: true });
  return server;
}

/** The message of another start, which is refused. */
function refusal({ dataDir }: TestServer): string {
  const env = { PATH: process.env.PATH, PORT: '0', DATA_DIR: dataDir, ADMIN_PASSWORD: 'secret', LOG_LEVEL: 'warn' };
  const main = join(projectRoot, 'dist/bundle/main.js');
  const { status, stderr } = spawnSync(process.execPath, [main, 'server', 'serve'], { env, encoding: 'utf8', timeout: 60_000 });
  expect(status, stderr).toBe(1);
  const said = stderr.split('\n').filter((line) => line.startsWith('process-registry: '));
  expect(said).toHaveLength(1);
  return said[0];
}

async function definitions(server: TestServer): Promise<number> {
  return (await server.send({ path: '/api/process_definition/' })).json.meta.total_count;
}

describe('at the start', { timeout: 120_000 }, () => {
  const folder = (path: string) => {
    rmSync(path);
    mkdirSync(path);
  };
  const otherDatabase = (path: string) => {
    rmSync(path);
    const other = new Database(path);
    other.exec('CREATE TABLE other (id)');
    other.close();
  };
  test.each<[string, string, (path: string) => void]>([
    ['that is gone', 'no longer exists', (path) => rmSync(path)],
    ['of 0 bytes', 'is empty', (path) => truncateSync(path, 0)],
    ['that is cut short', 'is cut short', (path) => truncateSync(path, 8192)],
    ['that another one has replaced', 'is not the one', otherDatabase],
    ['that is a folder', 'is not a regular file', folder],
  ])(
    'a database %s is refused, no new one is created, and removing the mark file allows a new one where that is possible',
    async (_what, said, harm) => {
      const former = await left('ended');
      harm(fileOf(former));
      const names = () => readdirSync(former.dataDir).filter((name) => !name.startsWith('lock'));
      const before = names();
      const line = refusal(former);
      expect(line).toContain(`${fileOf(former)} ${said}`);
      expect(line).toMatch(/restore a backup .*, or remove \S+database\.json to start over/);
      expect(names()).toEqual(before);
      if (said === 'no longer exists' || said === 'is empty') {
        rmSync(join(former.dataDir, 'database.json'));
        const anew = await startServer({}, { dataDir: former.dataDir });
        expect(await definitions(anew)).toBe(0);
        await anew.stop();
      } else await removeFolder(former.dataDir);
    },
  );

  test.each([
    ['alone', ['-wal']],
    ['with its -shm', ['-wal', '-shm']],
  ])('a -wal that is gone %s after the server was killed is refused, naming the changes that are lost', async (_how, gone) => {
    const former = await left('killed');
    for (const end of gone) renameSync(fileOf(former) + end, `${fileOf(former)}${end}.away`);
    expect(refusal(former)).toMatch(/lacks its -wal file: .* only in this file; put it back, or .* to continue without these changes/);
    for (const end of gone) renameSync(`${fileOf(former)}${end}.away`, fileOf(former) + end);
    const again = await startServer({}, { dataDir: former.dataDir });
    expect(await definitions(again)).toBe(1);
    await again.stop();
  });

  test('a -wal that another program has written to the database, as sqlite3 does when it ends, is not missed', async () => {
    const former = await left('killed');
    const other = new Database(fileOf(former));
    other.prepare('SELECT count(*) FROM run').get();
    other.close();
    expect(existsSync(`${fileOf(former)}-wal`)).toBe(false);
    const again = await startServer({}, { dataDir: former.dataDir });
    expect(await definitions(again)).toBe(1);
    await again.stop();
  });
});

describe('under a running server', () => {
  let server: TestServer;
  let run: () => Promise<number>;
  let away: string;

  beforeAll(async () => {
    server = await startServer();
    const path = await defined(server, shell('true'));
    run = async () => (await server.send({ method: 'POST', path: `${path}execute/` })).status;
    away = join(server.dataDir, 'away');
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    expect(await run()).toBe(200);
  });

  const ready = async () => {
    const { status, text } = await server.send({ path: '/health/ready', login: '' });
    return `${status} ${text}`;
  };
  const well = () => until(ready, (said) => said.startsWith('200'));

  test('while the file is moved away writes are refused and the server is not ready; once it is back the server works again', async () => {
    renameSync(fileOf(server), away);
    expect(await run()).toBe(503);
    expect(await ready()).toMatch(/^503 .*was removed; put it back/);
    expect((await server.send({ path: '/health/live', login: '' })).status).toBe(200);
    renameSync(away, fileOf(server));
    await well();
    expect(await run()).toBe(200);
  });

  test('a copy in the place of the file is opened, and no data is lost', async () => {
    const before = (await server.send({ path: '/api/run/' })).json.meta.total_count;
    for (const end of all) if (existsSync(fileOf(server) + end)) copyFileSync(fileOf(server) + end, away + end);
    for (const end of all) rmSync(fileOf(server) + end);
    expect(await run()).toBe(503);
    for (const end of ['-wal', '']) copyFileSync(away + end, fileOf(server) + end);
    await well();
    expect(await run()).toBe(200);
    expect((await server.send({ path: '/api/run/' })).json.meta.total_count).toBe(before + 1);
  });

  test('another database in its place is refused', async () => {
    for (const end of all) if (existsSync(fileOf(server) + end)) renameSync(fileOf(server) + end, away + end);
    writeFileSync(fileOf(server), '');
    expect(await run()).toBe(503);
    expect(await ready()).toMatch(/^503 .*was replaced by another file/);
    rmSync(fileOf(server));
    for (const end of all) if (existsSync(away + end)) renameSync(away + end, fileOf(server) + end);
    await well();
    expect(await run()).toBe(200);
  });

  test('a -wal that was removed is written out of the descriptor that is still open', async () => {
    rmSync(`${fileOf(server)}-wal`);
    const runs = async () => (await server.send({ path: '/api/run/' })).json.meta.total_count;
    const before = await runs();
    await until(run, (status) => status === 200);
    await well();
    const copy = new Database(fileOf(server), { readonly: true });
    expect(copy.prepare('SELECT count(*) AS count FROM run').get()).toEqual({ count: await runs() });
    copy.close();
    expect(await runs()).toBeGreaterThan(before);
  });

  test('a truncated file is reported, and nothing is written to it', async () => {
    await server.send({ path: '/api/run/' });
    truncateSync(fileOf(server), 0);
    expect(await run()).toBe(503);
    expect(await ready()).toMatch(/^503 .*was cut from \d+ to 0 bytes; stop the server and restore a backup/);
  });
});
