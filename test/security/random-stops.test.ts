// 500 stops at random instants, on programs that heed them, ignore them, have children, or end by themselves meanwhile.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ended, newMark, stop } from '../support/hostile.js';
import { initsOf, leftAfter, marked } from '../support/processes.js';
import { defined } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

const graceMs = 200;
const atOnce = 16;
const runsPerLevel = 250;

const programs = [
  'sleep 60',
  "trap '' TERM; while :; do sleep 0.05; done",
  "trap 'echo bye; exit 5' TERM; sleep 60 & wait",
  "for n in 1 2 3; do (trap '' TERM; sleep 60) & done; sleep 60",
  'sleep 0.1; echo done',
  'yes | head -c 300000; sleep 60',
];

/** The same numbers every time: from 0 to 1. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Stopped {
  // biome-ignore lint/suspicious/noExplicitAny: a run as it is on the wire
  run: any;
  status: number;
  /** From the stop to the recorded end, by the test's clock. */
  tookMs: number;
}

describe.each(['process', 'pidns'])('at level %s', (level) => {
  let server: TestServer;
  const mark = newMark();
  let stopped: Stopped[];

  beforeAll(async () => {
    // the lane makes some of them wait, so that a stop finds them before their start
    server = await startServer({ ISOLATION: level, GRACE: '0.2', LANES: 'io=6' });
    const paths = await Promise.all(
      programs.map((script) => defined(server, { exec: '/bin/sh', argv: ['-c', script], environment: { MARK: mark } })),
    );
    const random = numbers(level.length);
    const plans = Array.from({ length: runsPerLevel }, (_, index) => ({ path: paths[index % paths.length], afterMs: random() * 300 }));
    stopped = [];
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (let plan = plans.pop(); plan; plan = plans.pop()) stopped.push(await stopAfter(plan));
      }),
    );
  });
  afterAll(() => server.stop());

  async function stopAfter({ path, afterMs }: { path: string; afterMs: number }): Promise<Stopped> {
    const answer = await server.send({ method: 'POST', path: `${path}execute/`, headers: { prefer: 'respond-async' } });
    await sleep(afterMs);
    const beginMs = performance.now();
    const status = await stop(server, answer.json.resource_uri);
    const run = await ended(server, answer.json.resource_uri);
    return { run, status, tookMs: performance.now() - beginMs };
  }

  test('each run ends in one final state, and its record does not contradict itself', async () => {
    expect(stopped).toHaveLength(runsPerLevel);
    for (const { run, status } of stopped) {
      const seen = JSON.stringify(run);
      expect(['stop', 'cancelled', 'exit'], seen).toContain(run.end_reason);
      expect(run.state, seen).toBe('finished');
      expect(run.end_reason === 'exit' ? [202, 409] : [202], seen).toContain(status);
      if (run.end_reason === 'cancelled')
        expect([run.started_at, run.exit_code, run.signal, run.output], seen).toEqual([null, null, null, null]);
      else
        expect(
          [run.exit_code, run.signal].filter((one) => one !== null),
          seen,
        ).toHaveLength(1);
      expect(run.success, seen).toBe(run.end_reason === 'exit');
      expect(Date.parse(run.finished_at) >= Date.parse(run.created_at), seen).toBe(true);
    }
    // how many found their run before its start, or after its end, depends on the machine
    expect(stopped.map(({ run }) => run.end_reason)).toContain('stop');
  });

  test('no record changes afterwards', async () => {
    for (const { run } of stopped.slice(0, 50)) {
      const { json } = await server.send({ path: run.resource_uri });
      expect([json.state, json.end_reason, json.exit_code, json.signal]).toEqual([run.state, run.end_reason, run.exit_code, run.signal]);
    }
  });

  test('a stop ends within the grace and a second, and within seconds on a machine that does much else', () => {
    const sorted = stopped.map(({ tookMs }) => tookMs).sort((one, other) => one - other);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(graceMs + 1000);
    expect(sorted.at(-1)).toBeLessThan(graceMs + 5000);
  });

  test('no process and no init of them is left', async () => {
    const ids = stopped.map(({ run }) => run.id);
    expect(await leftAfter(graceMs + 1000, () => [...marked(mark), ...initsOf(ids)])).toEqual([]);
  });
});
