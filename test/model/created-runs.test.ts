// A run that was only created is followed without asking the database again and again.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { followLog } from '../../src/api/events/run-logs.js';
import { Events } from '../../src/events/events.js';
import type { RunEntity } from '../../src/runs/run.entity.js';
import type { Runs } from '../../src/runs/runs.js';

const row = { id: '00000000-0000-7000-8000-000000000001', state: 'created' } as RunEntity;

/** A follower of the created run; `reads` are how often its record was read. */
function following(events: Events) {
  const left = new AbortController();
  const stored = { row: row as RunEntity | null, reads: 0 };
  const recorded = async () => {
    stored.reads++;
    return stored.row;
  };
  const over = followLog({ recorded } as unknown as Runs, events, { row, from: 0, logs: 1, signal: left.signal, say: async () => {} });
  return { stored, over, left };
}

test('its record is read when it has changed, and never otherwise', async () => {
  const events = new Events(10, '');
  events.enter();
  const tell = (subject: string) => events.publish(() => ({ type: 'run.removed', subject, data: {}, seenBy: {} }));
  const { stored, over } = following(events);
  await sleep(700);
  tell('00000000-0000-7000-8000-000000000002');
  await sleep(20);
  expect(stored.reads).toBe(1);
  stored.row = null;
  tell(row.id);
  await over;
  expect(stored.reads).toBe(2);
});

test('a follower that leaves waits no more', async () => {
  const { stored, over, left } = following(new Events(10, ''));
  left.abort();
  await over;
  expect(stored.reads).toBe(1);
});
