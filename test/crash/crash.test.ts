// kill -9 at random instants loses no acknowledged run and runs none twice; `npm run test:crash` does it at length.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { initOf, processesWith } from '../support/processes.js';
import { figures, type Recorded, readJournal, readRecords, staleFiles, staleWork, succeeded } from './aftermath.js';
import { killPoints, Storm, type StormPlan } from './storm.js';

const kills = Number(process.env.CRASH_KILLS ?? 4);
const pointKills = Number(process.env.CRASH_POINTS ?? 3);
const seed = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000);
const timeout = 200_000 + kills * 10_000;

interface Left {
  storm: Storm;
  records: Recorded[];
  journal: Map<string, number>;
  integrity: unknown;
  /** Runs whose log is not what their program wrote. */
  cut: string[];
}

const unfinished = '/api/run/?state=queued,starting,running,stopping&limit=1';

/** What holds at every level. */
async function rage(plan: StormPlan): Promise<Left> {
  const storm = new Storm(plan);
  try {
    await storm.rage();
    const server = storm.server!;
    await expect.poll(async () => (await server.send({ path: unfinished })).json.meta.total_count, { timeout: 120_000 }).toBe(0);
    const cut = await cutLogs(storm);
    await sleep(1000);
    const marked = processesWith(storm.journal);
    process.kill(server.pid, 'SIGTERM');
    if (server.process.exitCode === null) await once(server.process, 'exit');
    const left = { storm, cut, journal: readJournal(storm.journal), ...readRecords(storm.dataDir) };
    console.log(`seed ${plan.seed}: ${figures(storm, left.records)}`);
    expect(marked).toEqual([]);
    agree(left);
    return left;
  } finally {
    await storm.clear();
  }
}

function agree({ storm, records, journal, integrity, cut }: Left): void {
  const known = new Map(records.map((record) => [record.id, record]));
  expect(integrity).toBe('ok');
  expect(
    [...storm.acknowledged.keys()].filter((id) => !known.has(id)),
    'acknowledged, but not recorded',
  ).toEqual([]);
  expect(
    [...journal.keys()].filter((id) => !known.has(id)),
    'ran, but are not recorded',
  ).toEqual([]);
  expect(
    records.filter(({ state }) => state !== 'finished'),
    'have not ended',
  ).toEqual([]);
  expect(
    records.filter((one) => succeeded(one) && !journal.has(one.id)),
    'recorded as done, but did not run',
  ).toEqual([]);
  expect(
    records.filter((one) => (journal.get(one.id) ?? 0) > one.attempt),
    'ran twice in silence',
  ).toEqual([]);
  expect(
    records.filter((one) => !succeeded(one) && one.end_reason !== 'lost'),
    'ended otherwise',
  ).toEqual([]);
  expect(cut, 'have another log than they wrote').toEqual([]);
  expect(
    records.filter(({ id }) => initOf(id) !== undefined),
    'have left their init',
  ).toEqual([]);
  expect(staleFiles(storm.dataDir, records), 'control files of nothing').toEqual([]);
  expect(staleWork(storm.dataDir), 'work directories of nothing').toEqual([]);
}

async function cutLogs(storm: Storm): Promise<string[]> {
  const { records } = readRecords(storm.dataDir);
  const cut: string[] = [];
  for (const { id } of records.filter(succeeded)) {
    const { text } = await storm.server!.send({ path: `/api/run/${id}/log/` });
    if (text !== `out ${id}\n`) cut.push(`${id}: ${JSON.stringify(text)}`);
  }
  return cut;
}

test(`a server that ends at any point between write, commit, answer and launch loses nothing (seed ${seed})`, {
  timeout: 200_000 + pointKills * 10_000,
}, async () => {
  const plan = { seed, kills: pointKills, runs: pointKills * 4, settings: {}, points: killPoints, prelude: '' };
  const { records } = await rage(plan);
  expect(records.filter(({ end_reason }) => end_reason === 'lost')).toEqual([]);
});

describe(`kill -9 at random instants (seed ${seed})`, () => {
  test(`at pidns loses nothing, though each run leaves a grandchild`, { timeout }, async () => {
    const mark = `61.${seed}${process.pid}`;
    const prelude = `setsid sleep ${mark} </dev/null >/dev/null 2>&1 &`;
    const { records } = await rage({ seed, kills, runs: kills * 10, settings: {}, prelude });
    expect(records.filter(({ end_reason }) => end_reason === 'lost')).toEqual([]);
    expect(processesWith(`sleep\0${mark}`), 'grandchildren').toEqual([]);
  });

  test(`at level process loses only what ran under a launcher that was killed, and says so`, { timeout }, async () => {
    const few = Math.ceil(kills / 4);
    const { records, storm } = await rage({ seed: seed + 1, kills: few, runs: few * 10, settings: { ISOLATION: 'process' }, prelude: '' });
    const deaths = storm.kills.filter(({ target }) => target === 'launcher' || target === 'both').map(({ atMs }) => atMs);
    const excused = (one: Recorded) => deaths.some((atMs) => one.created_at <= atMs && atMs <= (one.finished_at ?? 0));
    expect(records.filter((one) => one.end_reason === 'lost' && !excused(one))).toEqual([]);
  });
});
