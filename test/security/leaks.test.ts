// A thousand runs of every kind leave nothing: no descriptor, no zombie, no directory beyond the pool, no user id.
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isRoot } from '../support/hostile.js';
import { descriptorsOf, launcherOf, leftAfter, processesWith, zombiesOf } from '../support/processes.js';
import { defined, execute, shell } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

const runsPerLevel = 500;
const atOnce = 8;
/** Whose log is a file from then on, however small; a loaded machine makes any run live so long. Less what clocks round. */
const keptAfterMs = 990;
/** How many empty work directories wait for the next run. */
const pool = 64;

const output = (output_type: string, output_parameters: object) => ({ output_adapter: { output_type, output_parameters } });

/** A run as it is listed. */
interface RunLine {
  id: string;
  definition: string;
  started_at: string;
  ended_at: string;
}

interface Kind {
  definition: object;
  body?: Buffer;
  /** 422 where it is meant to fail. */
  status: number;
  /** Leaves a control directory until the run is removed; a run that somebody follows may. */
  keeps?: 'always' | 'perhaps';
  query?: string;
  prefer?: string;
}

const kinds: Kind[] = [
  { definition: shell('echo small'), status: 200 },
  { definition: shell('exit 3'), status: 422 },
  { definition: shell('kill -9 $$'), status: 422 },
  { definition: { exec: '/no/such/program' }, status: 422 },
  { definition: shell('cat >/dev/null; head -c 100000 /dev/zero'), body: Buffer.alloc(10), status: 200, keeps: 'always' },
  {
    definition: shell('cat > "$1"', { argv: ['-c', 'cat > "$1"', 'sh', '${output_file}'] }),
    body: Buffer.alloc(50),
    status: 200,
    keeps: 'always',
  },
  { definition: shell('true', output('file', { file_path: 'missing' })), status: 422 },
  { definition: { exec: '/usr/bin/wc', argv: ['-c'] }, body: Buffer.alloc(100_000), status: 200, keeps: 'always' },
  { definition: { exec: '/usr/bin/wc', argv: ['-c'] }, body: Buffer.alloc(50_000), status: 202, prefer: 'respond-async', keeps: 'always' },
  { definition: shell('true'), body: Buffer.alloc(200_000), status: 200, keeps: 'perhaps' },
  { definition: shell('echo streamed'), status: 200, query: '?stream=1', keeps: 'perhaps' },
  { definition: shell('mkdir -p a/b; touch a/b/c; sleep 60 & exit 0'), status: 200 },
];

describe.each(['process', 'pidns'])('at level %s', (level) => {
  const users = 100;
  let server: TestServer;
  let launcher: number;
  let paths: string[];

  beforeAll(async () => {
    server = await startServer({ ISOLATION: level, GRACE: '1', RUN_UIDS: `700000-${700000 + users - 1}`, LANES: 'io=16' });
    paths = await Promise.all(kinds.map(({ definition }) => defined(server, definition)));
    launcher = launcherOf(server.dataDir) as number;
  });
  afterAll(() => server.stop());

  async function run(kind: number): Promise<void> {
    const { body, status, query = '', prefer } = kinds[kind];
    const headers: Record<string, string> = prefer ? { prefer } : {};
    const answer = await server.send({ method: 'POST', path: `${paths[kind]}execute/${query}`, body, headers });
    expect(answer.status, `${JSON.stringify(kinds[kind].definition)}: ${answer.text.slice(0, 300)}`).toBe(status);
  }

  async function runMany(count: number): Promise<void> {
    let next = 0;
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        while (next < count) await run(next++ % kinds.length);
      }),
    );
    const unfinished = async () => (await server.send({ path: '/api/run/?state=queued,starting,running,stopping' })).json.meta.total_count;
    await expect.poll(unfinished, { timeout: 20_000 }).toBe(0);
  }

  const workRoot = () =>
    isRoot ? join(tmpdir(), readdirSync(tmpdir()).find((name) => ownFolders.has(name)) ?? '') : join(server.dataDir, 'work');
  const ownFolders = new Set<string>();

  test(`${runsPerLevel} runs leave descriptors, processes, folders and user ids as they were`, async () => {
    const work = (await execute(server, shell('pwd'))).text.trim();
    ownFolders.add(work.split('/')[2]);
    await runMany(kinds.length * 4);
    const resting = () => processesWith(`procreg-init\0rests\0${join(server.dataDir, 'runs')}`);
    expect(await leftAfter(8000, resting)).toEqual([]);
    const before = { server: descriptorsOf(server.pid), launcher: descriptorsOf(launcher) };
    await runMany(runsPerLevel);
    const strayed = (pid: number, was: number) => (Math.abs(descriptorsOf(pid) - was) <= 5 ? [] : [descriptorsOf(pid) - was]);
    expect(await leftAfter(5000, () => strayed(server.pid, before.server))).toEqual([]);
    expect(await leftAfter(8000, () => strayed(launcher, before.launcher))).toEqual([]);
    expect(await leftAfter(2000, () => [...zombiesOf(server.pid), ...zombiesOf(launcher)])).toEqual([]);
    const waiting = () => readdirSync(workRoot()).filter((name) => name !== 'kept');
    expect(await leftAfter(5000, () => (waiting().length <= pool ? [] : waiting()))).toEqual([]);
  });

  test('the control directories are those of runs with large logs, and the kept files those of runs that left files', async () => {
    const runs: RunLine[] = (await server.send({ path: '/api/run/?limit=1000' })).json.objects;
    const idsOf = (one: (run: RunLine) => boolean) => runs.filter(one).map(({ id }) => id);
    const runsThat = (keep: Kind['keeps']) => idsOf((run) => kinds[paths.indexOf(run.definition)]?.keeps === keep);
    const longLived = idsOf((run) => Date.parse(run.ended_at) - Date.parse(run.started_at) >= keptAfterMs);
    const kept = readdirSync(join(server.dataDir, 'runs')).filter((name) => !/^begun|-listen\.sock$/.test(name));
    expect(runsThat('always').filter((id) => !kept.includes(id))).toEqual([]);
    const mayBeKept = [...runsThat('always'), ...runsThat('perhaps'), ...longLived];
    expect(kept.filter((id) => !mayBeKept.includes(id))).toEqual([]);
    const left = idsOf((run) => run.definition === paths.at(-1));
    expect(readdirSync(join(workRoot(), 'kept')).sort()).toEqual(left.sort());
  });
});
