// Sends a run as Server-Sent Events: state, stdout, stderr, end; the id of an event is the offset in the log at which the next one begins, and that of `end` is its own.
import type { FastifyReply } from 'fastify';
import { drained, type RawReply, sendEventStream, writeEvent, writeText } from '../http/sse.js';
import type { LogStream } from '../model/log-format.js';
import { blocksSince } from '../model/log-since.js';
import type { AttemptLog } from '../model/log-source.js';
import { logUntil } from '../model/log-until.js';
import { checkOffset, readBlocks } from '../model/read-frames.js';
import { logsOf } from '../runs/attempt-logs.js';
import type { RunEntity } from '../runs/run.entity.js';
import type { Runs } from '../runs/runs.js';
import { joinAudience } from './audience.js';
import { blockEvents } from './block-events.js';
import { endId, eventId, offsetOf } from './event-ids.js';

export interface EventStream {
  runs: Runs;
  row: RunEntity;
  /** The Last-Event-ID. */
  from: number;
  follow: boolean;
  stream?: LogStream;
  /** Nothing from before this time is sent; never later than now. */
  sinceMs?: number;
  /** The run as JSON, for the events `state` and `end`. */
  describe: (row: RunEntity) => Promise<object>;
}

type Told = EventStream & { followed: ReturnType<Runs['followed']> };

/** A follower that reads nothing holds about this many bytes in memory. */
const blockBytes = 64 * 1024;

/** Ends with the run, or with the present content of the log when it is not followed. */
export async function sendEvents(reply: FastifyReply, asked: EventStream): Promise<void> {
  const events = { ...asked, followed: asked.runs.followed(asked.row.id) };
  const left = new AbortController();
  const logs = logsOf(events.runs, events.row, { follow: events.follow, signal: left.signal });
  const first = (await logs.next()).value as AttemptLog;
  try {
    await checkOffset(first.log, offsetOf(events.from, first.attempt));
    await sendEventStream(reply, async (raw, gone) => {
      void gone.then(() => left.abort());
      await sayLog(raw, left.signal, { ...events, ...first });
      for await (const next of logs) await sayLog(raw, left.signal, { ...events, ...next });
      if (raw.destroyed || current(events).state !== 'finished') return;
      await writeEvent(raw, { name: 'end', id: endId, data: JSON.stringify(await events.describe(current(events))) });
    });
  } finally {
    left.abort();
    await first.log.close();
  }
}

/** Sends the events of one log, and closes it. */
async function sayLog(raw: RawReply, gone: AbortSignal, events: Told & AttemptLog): Promise<void> {
  const { log, attempt, follow, stream, sinceMs, source } = events;
  const from = offsetOf(events.from, attempt);
  const listen =
    source &&
    (async (offset: number) => {
      const end = await joinAudience(source, { attempt, stream }, { raw, offset, gone });
      await drained(raw);
      return end;
    });
  await writeEvent(raw, { name: 'state', id: eventId(attempt, from), data: JSON.stringify({ state: current(events).state }) });
  const blocks = readBlocks(logUntil(log, gone), { from, follow, blockBytes, wait: listen });
  for await (const block of blocksSince(blocks, sinceMs)) {
    await writeText(raw, blockEvents(block, { attempt, stream }));
  }
}

function current({ followed, row }: Told): RunEntity {
  return followed?.row ?? row;
}
