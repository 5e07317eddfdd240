// A backup taken while the server works, restored elsewhere: every record of it is true.
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defined, execute, shell, shellWith } from '../support/programs.js';
import { until } from '../support/restarts.js';
import { runRole } from '../support/role.js';
import { startServer, type TestServer } from '../support/server.js';
import { signIn } from '../support/sessions.js';

const folder = mkdtempSync(join(tmpdir(), 'procreg-backup-'));
const archive = join(folder, 'registry.tar');
const dataDir = join(folder, 'restored');

/** What each definition puts out, of 10 B to 300 KB: in the database, in its own log, in its own file. */
const programs: Record<string, object> = {
  small: shell('echo "$$ small"'),
  large: shell('yes "$$" | head -c 300000'),
  filed: shellWith('yes "$$" | head -c 50000 > "$1"', ['${output_file}']),
  failing: shell('echo out; echo wrong >&2; exit 3'),
};

interface Made {
  path: string;
  output: { bytes: number; sha256: string } | null;
}

let server: TestServer;
let restored: TestServer;
let goingOn: string;
/** Runs that keep their messages, with the messages. */
const inputs: [path: string, message: string][] = [];
const kept: Made[] = [];
const keptBefore: Made[] = [];
const removedBefore: string[] = [];
const definitions: string[] = [];

const get = async (of: TestServer, path: string) => (await of.send({ path })).json;

/** Executes until told to end; removes every third run. */
async function work(goOn: () => boolean, removed: string[]): Promise<void> {
  for (let turn = 0; goOn(); turn++) {
    const answer = await server.send({ method: 'POST', path: `${definitions[turn % definitions.length]}execute/` });
    const path = `/api/run/${answer.headers['run-id']}/`;
    if (turn % 3 === 2) {
      expect((await server.send({ method: 'DELETE', path })).status).toBe(204);
      removed.push(path);
    } else {
      // the digest of a long one is computed after its answer
      const { output } = await until(
        () => get(server, path),
        (run) => run.output?.sha256 !== null,
      );
      kept.push({ path, output });
    }
  }
}

const workers = (goOn: () => boolean, removed: string[]) => Promise.all([1, 2, 3].map(() => work(goOn, removed)));

beforeAll(async () => {
  server = await startServer();
  await server.user('ann:ann-password', 'viewer');
  await signIn(server, 'ann:ann-password');
  for (const definition of Object.values(programs)) definitions.push(await defined(server, definition));
  goingOn = (await execute(server, shell('sleep 300'), { headers: { prefer: 'respond-async' } })).json.resource_uri;
  for (const message of ['short', 'large '.repeat(20_000)]) {
    const { headers } = await execute(server, shell('cat'), { body: message });
    inputs.push([`/api/run/${headers['run-id']}/`, message]);
  }
  await workers(() => kept.length < 20, removedBefore);
  keptBefore.push(...kept);
  let working = true;
  const load = workers(() => working, []);
  const backup = await runRole(['backup', archive], { DATA_DIR: server.dataDir });
  working = false;
  await load;
  expect(backup, backup.stderr).toMatchObject({ code: 0, stderr: '' });
  const restore = await runRole(['restore', archive], { DATA_DIR: dataDir });
  expect(restore, restore.stderr).toMatchObject({ code: 0, stderr: '' });
  restored = await startServer({}, { dataDir });
});

afterAll(async () => {
  await restored?.stop({ keep: true });
  server.process.kill('SIGKILL');
  await server.stop();
  rmSync(folder, { recursive: true });
});

const restoredRuns = async () => (await get(restored, '/api/run/?limit=1000')).objects;

test('runs from before the backup are there, those that were removed are not', async () => {
  const paths = (await restoredRuns()).map(({ resource_uri }: { resource_uri: string }) => resource_uri);
  expect(paths).toEqual(expect.arrayContaining(keptBefore.map(({ path }) => path)));
  expect(paths.filter((path: string) => removedBefore.includes(path))).toEqual([]);
});

test('every output has the bytes and the digest that its record tells, and the first server told', async () => {
  const told = new Map(kept.map(({ path, output }) => [path, output]));
  const runs = await restoredRuns();
  expect(runs.length).toBeGreaterThanOrEqual(20);
  for (const { resource_uri: path, end_reason, state } of runs) {
    expect(state).toBe('finished');
    if (end_reason === 'lost') continue;
    await expect.poll(async () => (await get(restored, path)).output?.sha256, { timeout: 10_000 }).toBeTypeOf('string');
    const { output } = await get(restored, path);
    const { status, bytes } = await restored.send({ path: `${path}output/` });
    expect([status, bytes.length], path).toEqual([200, output.bytes]);
    expect(createHash('sha256').update(bytes).digest('hex'), path).toBe(output.sha256);
    if (told.has(path)) expect(output, path).toEqual(told.get(path));
  }
});

test('every log can be read, to the size of its output at least', async () => {
  for (const { resource_uri: path, end_reason, exec, exit_code, argv } of await restoredRuns()) {
    if (end_reason === 'lost') continue;
    const { status, bytes, text } = await restored.send({ path: `${path}log/` });
    expect([status, exec], path).toEqual([200, '/bin/sh']);
    if (exit_code === 3) expect(text.split('\n').sort()).toEqual(['', 'out', 'wrong']);
    if (argv[1].includes('300000')) expect(bytes.length).toBe(300_000);
  }
});

test('runs that were running are lost, and say since when', async () => {
  const run = await get(restored, goingOn);
  expect(run).toMatchObject({
    state: 'finished',
    end_reason: 'lost',
    success: false,
    error: 'restored from a backup that was taken while the run was active',
  });
  expect(run.finished_at).not.toBeNull();
});

test('runs have kept their messages, and can be repeated', async () => {
  for (const [path, message] of inputs) {
    expect((await restored.send({ path: `${path}input/` })).text).toBe(message);
    const { json } = await restored.send({ method: 'POST', path: `${path}rerun/` });
    await restored.send({ path: `${json.resource_uri}wait/` });
    expect((await restored.send({ path: `${json.resource_uri}output/` })).text).toBe(message);
  }
});

test('users and definitions are the same', async () => {
  const login = 'ann:ann-password';
  expect((await restored.send({ path: '/api/me/', login })).json).toEqual((await server.send({ path: '/api/me/', login })).json);
  for (const path of definitions) expect(await get(restored, path)).toEqual(await get(server, path));
});

test('the database is sound, and nothing is left next to it', async () => {
  const database = new Database(join(dataDir, 'registry.sqlite'), { readonly: true });
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
  const recorded = new Set(database.prepare("SELECT id FROM run WHERE state = 'finished'").pluck().all());
  database.close();
  expect(readdirSync(join(dataDir, 'runs')).filter((id) => !/^begun$|-listen\.sock$/.test(id) && !recorded.has(id))).toEqual([]);
  expect(readdirSync(folder).sort()).toEqual(['registry.tar', 'restored']);
  expect(readdirSync(dataDir).filter((name) => /restoring|replaced|\.part/.test(name))).toEqual([]);
});

test('no other user can read it', () => {
  const mode = (path: string) => statSync(path).mode & 0o777;
  expect(mode(archive)).toBe(0o600);
  expect(mode(join(dataDir, 'registry.sqlite'))).toBe(0o600);
  const runs = readdirSync(join(dataDir, 'runs'), { recursive: true, withFileTypes: true });
  expect(runs.some((entry) => entry.isFile())).toBe(true);
  for (const entry of runs) expect(mode(join(entry.parentPath, entry.name)), entry.name).toBe(entry.isDirectory() ? 0o700 : 0o600);
});

test('Nobody is still signed in after a restore: a session may have been ended since the backup', () => {
  const sessionsIn = (of: TestServer) => {
    const database = new Database(join(of.dataDir, 'registry.sqlite'), { readonly: true });
    const count = database.prepare('SELECT COUNT(*) FROM user_session').pluck().get();
    database.close();
    return count;
  };
  expect([sessionsIn(server), sessionsIn(restored)]).toEqual([1, 0]);
});
