// When runs are a crowd, whose writes wait for each other.
import { expect, test } from 'vitest';
import { Crowd } from '../../src/runs/crowd.js';
import { emptyRecord, type RunEntity } from '../../src/runs/run.entity.js';

const row = (ageMs = 0): RunEntity => ({ ...emptyRecord, state: 'running', createdAtMs: Date.now() - ageMs }) as RunEntity;

test('one run after the other is no crowd', () => {
  const crowd = new Crowd();
  for (let count = 0; count < 20; count++) {
    const run = row();
    crowd.enter(run);
    expect(crowd.isThere).toBe(false);
    run.state = 'finished';
  }
});

test('runs that are under way together are a crowd until they end, and long ones are none', () => {
  const [young, old] = [new Crowd(), new Crowd()];
  const runs = Array.from({ length: 5 }, () => row());
  for (const run of runs) young.enter(run);
  for (const run of runs) old.enter({ ...run, createdAtMs: run.createdAtMs - 1000 });
  expect([young.isThere, old.isThere]).toEqual([true, false]);
  runs[0].state = 'finished';
  expect(young.isThere).toBe(false);
});
