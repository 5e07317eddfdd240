// What a restore refuses, and that it then changes nothing; what --force moves aside; that MySQL is left to its own tool.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { type Headers, pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { execute, shell } from '../support/programs.js';
import { type RoleEnd, runRole } from '../support/role.js';
import { removeFolder, startServer, type TestServer } from '../support/server.js';

const folder = mkdtempSync(join(tmpdir(), 'procreg-restore-'));
const archive = join(folder, 'good.tar');
let server: TestServer;
let database: Buffer;
let made = 0;

beforeAll(async () => {
  server = await startServer();
  await execute(server, shell('echo kept'));
  expect((await runRole(['backup', archive], { DATA_DIR: server.dataDir })).code).toBe(0);
  const unpacked = join(folder, 'unpacked');
  expect((await runRole(['restore', archive], { DATA_DIR: unpacked })).code).toBe(0);
  database = readFileSync(join(unpacked, 'registry.sqlite'));
});

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const newFolder = () => join(folder, `data${++made}`);
const restore = (dataDir: string, file = archive, ...flags: string[]) => runRole(['restore', file, ...flags], { DATA_DIR: dataDir });

function expectRefused({ code, stdout, stderr }: RoleEnd, why: RegExp): void {
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(why);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
}

type Entry = Partial<Headers> & { name: string; content?: Buffer | string };

/** An archive with these entries and a manifest that fits them. */
async function archiveOf(entries: Entry[], manifest: object = {}): Promise<string> {
  const file = join(folder, `made${++made}.tar`);
  const packed = pack();
  let files = 0;
  let bytes = 0;
  for (const { content = '', ...header } of entries) {
    packed.entry({ type: 'file', ...header } as Headers, content as Buffer);
    files++;
    bytes += Buffer.byteLength(content);
  }
  packed.entry({ name: 'manifest.json' }, JSON.stringify({ format: 1, version: '0', createdAtMs: 0, files, bytes, ...manifest }));
  packed.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of packed) chunks.push(chunk as Buffer);
  writeFileSync(file, Buffer.concat(chunks));
  return file;
}

/** Nothing was put in place, nor left. */
function expectUntouched(dataDir: string): void {
  expect(readdirSync(dataDir).filter((name) => name !== 'lock')).toEqual([]);
}

const runFolder = 'runs/019aa7e2-6d52-7c3f-9b1e-0123456789ab';
const registry = (): Entry => ({ name: 'registry.sqlite', content: database });

describe('an archive that is not a backup', () => {
  test.each<[string, Entry, RegExp]>([
    ['leads out of the folder', { name: '../evil', content: 'x' }, /'?\.\.\/evil.*leads out/],
    ['leads out of a run', { name: `${runFolder}/../../../evil`, content: 'x' }, /leads out/],
    ['is absolute', { name: '/tmp/procreg-evil', content: 'x' }, /is absolute/],
    ['is something else', { name: 'admin-password', content: 'x' }, /is not part of a backup/],
    ['belongs to no run', { name: 'runs/somewhere/log', content: 'x' }, /is not part of a backup/],
    ['is a symbolic link', { name: `${runFolder}/log`, type: 'symlink', linkname: '/etc' }, /is a symlink/],
    ['is a hard link', { name: `${runFolder}/log`, type: 'link', linkname: '/etc/passwd' }, /is a link/],
    ['is a FIFO', { name: `${runFolder}/log`, type: 'fifo' }, /is a fifo/],
    ['is a device', { name: `${runFolder}/log`, type: 'character-device' }, /is a character-device/],
  ])('because an entry %s', async (_what, entry, why) => {
    const dataDir = newFolder();
    expectRefused(await restore(dataDir, await archiveOf([entry, registry()])), why);
    expectUntouched(dataDir);
    expect(existsSync('/tmp/procreg-evil') || existsSync(join(folder, 'evil'))).toBe(false);
  });

  test('because an entry comes twice', async () => {
    const entry = { name: `${runFolder}/log`, content: 'x' };
    expectRefused(await restore(newFolder(), await archiveOf([entry, entry, registry()])), /EEXIST/);
  });

  test('because it has no database', async () => {
    expectRefused(await restore(newFolder(), await archiveOf([])), /contains no database/);
  });

  test('because it is damaged, cut off, or has another number of files', async () => {
    const damaged = Buffer.from(database);
    damaged.fill(0xff, 4096, 3 * 4096);
    expectRefused(
      await restore(newFolder(), await archiveOf([{ name: 'registry.sqlite', content: damaged }])),
      /damaged|malformed|not a database/,
    );
    const whole = readFileSync(archive);
    for (const length of [100, 5000, whole.length - 2048, Math.floor(whole.length / 1024) * 512]) {
      const cut = join(folder, `cut${length}.tar`);
      writeFileSync(cut, whole.subarray(0, length));
      expectRefused(await restore(newFolder(), cut), /cannot be restored|not a complete backup/);
    }
    expectRefused(await restore(newFolder(), await archiveOf([registry()], { files: 2 })), /should contain 2 files/);
    expectRefused(await restore(newFolder(), join(folder, 'nowhere.tar')), /the backup .* does not exist/);
  });

  test('because it is of a newer version', async () => {
    const file = join(folder, 'newer.sqlite');
    writeFileSync(file, database);
    const newer = new Database(file);
    newer.exec("INSERT INTO migrations (timestamp, name) VALUES (9999999999999, 'Future9999999999999')");
    newer.close();
    const newerArchive = await archiveOf([{ name: 'registry.sqlite', content: readFileSync(file) }]);
    expectRefused(await restore(newFolder(), newerArchive), /newer version.*Future9999999999999/);
    expectRefused(await restore(newFolder(), await archiveOf([registry()], { format: 2 })), /format of the archive is 2/);
  });
});

test('files of a run that the database does not know are not restored', async () => {
  const dataDir = newFolder();
  const file = await archiveOf([{ name: `${runFolder}/log`, content: 'of a removed run' }, registry()]);
  expect(await restore(dataDir, file)).toMatchObject({ code: 0 });
  expect(readdirSync(join(dataDir, 'runs'))).toEqual([]);
});

describe('a DATA_DIR that is not empty', () => {
  test('is refused, and stays as it is', async () => {
    const dataDir = newFolder();
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, 'registry.sqlite'), 'precious');
    expectRefused(await restore(dataDir), /registry\.sqlite already exists; --force/);
    expect(readFileSync(join(dataDir, 'registry.sqlite'), 'utf8')).toBe('precious');
    const withRuns = newFolder();
    mkdirSync(join(withRuns, runFolder), { recursive: true });
    expectRefused(await restore(withRuns), /runs already exists; --force/);
  });

  test('with --force is moved aside, and nothing of it is lost', async () => {
    const dataDir = newFolder();
    mkdirSync(join(dataDir, runFolder), { recursive: true });
    writeFileSync(join(dataDir, 'registry.sqlite'), 'precious');
    writeFileSync(join(dataDir, 'registry.sqlite-wal'), 'as well');
    const { code, stdout } = await restore(dataDir, archive, '--force');
    expect([code, stdout]).toEqual([0, expect.stringContaining('.replaced-')]);
    const aside = readdirSync(dataDir).filter((name) => name.includes('.replaced-'));
    expect(aside).toHaveLength(3);
    const database = aside.find((name) => /^registry\.sqlite\.replaced-\w+$/.test(name)) as string;
    expect(readFileSync(join(dataDir, database), 'utf8')).toBe('precious');
    expect(readFileSync(join(dataDir, `${database}-wal`), 'utf8')).toBe('as well');
    const restored = await startServer({}, { dataDir });
    expect((await restored.send({ path: '/api/run/' })).json.objects).toHaveLength(1);
    await restored.stop({ keep: true });
  });

  test.each([[[]], [['--force']]])('on which a server runs is refused, also with %j', async (flags) => {
    expectRefused(await restore(server.dataDir, archive, ...flags), /another server is running/);
    expect((await server.send({ path: '/api/run/' })).status).toBe(200);
    expect(readdirSync(server.dataDir).filter((name) => name.includes('replaced'))).toEqual([]);
  });
});

describe('a backup', () => {
  test('of nothing is refused', async () => {
    const dataDir = newFolder();
    expectRefused(await runRole(['backup', join(folder, 'none.tar')], { DATA_DIR: dataDir }), /the database .* does not exist/);
    expect(existsSync(dataDir)).toBe(false);
  });

  test('that cannot be written leaves nothing, and keeps the one that is there', async () => {
    const blocked = join(folder, 'blocked.tar');
    mkdirSync(join(blocked, 'not-empty'), { recursive: true });
    const before = readdirSync(folder);
    const { code, stderr } = await runRole(['backup', blocked], { DATA_DIR: server.dataDir });
    expect([code, stderr.trimEnd().split('\n').length]).toEqual([1, 1]);
    expect(readdirSync(folder)).toEqual(before);
  });

  test('of a server that was killed in the middle is whole', async () => {
    const killed = await startServer();
    await execute(killed, shell('echo survived'));
    killed.process.kill('SIGKILL');
    await killed.stop({ keep: true });
    const file = join(folder, 'killed.tar');
    expect(await runRole(['backup', file], { DATA_DIR: killed.dataDir })).toMatchObject({ code: 0 });
    const dataDir = newFolder();
    expect(await restore(dataDir, file)).toMatchObject({ code: 0 });
    const database = new Database(join(dataDir, 'registry.sqlite'), { readonly: true });
    expect(database.prepare('SELECT count(*) FROM run').pluck().get()).toBe(1);
    database.close();
    await removeFolder(killed.dataDir);
  });

  test.each([['backup'], ['restore']])('on MySQL is left to mysqldump: %s', async (role) => {
    const settings = { DATA_DIR: newFolder(), DATABASE_URL: 'mysql://root:secret@db.example:3306/registry' };
    const end = await runRole([role, archive], settings);
    expectRefused(end, /mysqldump --single-transaction/);
    expect(end.stderr).not.toContain('secret');
  });
});
