// A run as Server-Sent Events: state, stdout, stderr, end; an event's id is where in the log the next one begins.
import type { FastifyReply } from 'fastify';
import type { LogStream } from '../../protocol/log-format.js';
import type { LogSource } from '../../protocol/log-source.js';
import { checkOffset, readFrames } from '../../results/read-frames.js';
import type { RunEntity } from '../../runs/run.entity.js';
import type { Runs } from '../../runs/runs.js';
import { bytesEvent, type RawReply, sendEventStream, writeEvent } from './sse.js';

export interface EventStream {
  runs: Runs;
  row: RunEntity;
  /** The Last-Event-ID. */
  from: number;
  follow: boolean;
  stream?: LogStream;
  /** The run as JSON, for the events `state` and `end`. */
  describe: (row: RunEntity) => Promise<object>;
}

/** Ends with the run, or with what is there when it is not followed. */
export async function sendEvents(reply: FastifyReply, events: EventStream): Promise<void> {
  const log = await events.runs.log(events.row.id);
  try {
    await checkOffset(log, events.from);
    await sendEventStream(reply, (raw, gone) => sayAll(raw, gone, { ...events, log }));
  } finally {
    await log.close();
  }
}

async function sayAll(raw: RawReply, gone: Promise<null>, events: EventStream & { log: LogSource }): Promise<void> {
  const frames = readFrames(events.log, events);
  let id = events.from;
  await writeEvent(raw, { name: 'state', id, data: JSON.stringify({ state: current(events).state }) });
  for (let next = await Promise.race([frames.next(), gone]); next && !next.done; next = await Promise.race([frames.next(), gone])) {
    const { stream, bytes, end } = next.value;
    id = end;
    if (!events.stream || events.stream === stream) await writeEvent(raw, { id, ...bytesEvent(stream, bytes) });
  }
  if (events.follow) await Promise.race([events.runs.activeRun(events.row.id)?.ended, gone]);
  if (raw.destroyed || current(events).state !== 'finished') return;
  await writeEvent(raw, { name: 'end', id, data: JSON.stringify(await events.describe(current(events))) });
}

function current({ runs, row }: EventStream): RunEntity {
  return runs.activeRun(row.id)?.row ?? row;
}
