// Follows the log of one run as events, until its end; a run that was only created is followed from its start.
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { cloudEvent } from '../../events/cloud-event.js';
import type { Events } from '../../events/events.js';
import { bytesEvent } from '../../http/sse.js';
import { logUntil } from '../../model/log-until.js';
import { type Frame, readBlocks } from '../../model/read-frames.js';
import { endId, eventId, offsetOf } from '../../run-http/event-ids.js';
import { logsOf } from '../../runs/attempt-logs.js';
import type { RunEntity } from '../../runs/run.entity.js';
import type { Runs } from '../../runs/runs.js';
import type { LogEvent } from './event-reader.js';
import { logPieces, restMs } from './log-pieces.js';

/** The blocks of all logs that a reader follows, which are in memory while it takes nothing, have together about this many bytes. */
const heldBytes = 64 * 1024;

export interface FollowedLog {
  row: RunEntity;
  /** The id of the next event. */
  from: number;
  /** How many logs the reader follows. */
  logs: number;
  signal: AbortSignal;
  /** Calls `make` when the reader takes the events, and resolves when they are written. */
  say: (make: () => LogEvent[]) => Promise<void>;
}

/** Resolves when the log has ended, or the signal is aborted. */
export async function followLog(runs: Runs, events: Events, { row, from, logs, signal, say }: FollowedLog): Promise<void> {
  const now = row.state === 'created' ? await begunRow(runs, events, { id: row.id, signal }) : row;
  if (!now || signal.aborted) return;
  const blockBytes = Math.ceil(heldBytes / logs);
  for await (const { log, attempt } of logsOf(runs, now, { follow: true, signal })) {
    const reading = { from: offsetOf(from, attempt), follow: true, blockBytes };
    for await (const block of readBlocks(logUntil(log, signal), reading)) {
      for (const frames of logPieces(block)) await say(() => frames.map((frame) => logEvent(events, frame, { id: row.id, attempt })));
      if (block.bytes.length < blockBytes) await sleep(restMs);
    }
  }
  const { state } = (await runs.recorded(row.id)) ?? row;
  if (state === 'finished' && !signal.aborted) await say(() => [logEnd(events, row.id)]);
}

/** The record once the run is not only created, or the signal is aborted; null: it was removed. It is read when the run has changed. */
async function begunRow(runs: Runs, events: Events, { id, signal }: { id: string; signal: AbortSignal }): Promise<RunEntity | null> {
  let wake = () => {};
  const leave = () => wake();
  signal.addEventListener('abort', leave);
  const close = events.onChanged(id, leave);
  try {
    for (;;) {
      const changed = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const row = await runs.recorded(id);
      if (row?.state !== 'created' || signal.aborted) return row;
      await changed;
      // a change is told just before the run is in memory
      await nextTurn();
    }
  } finally {
    close();
    signal.removeEventListener('abort', leave);
  }
}

function logEvent(events: Events, { stream, bytes, end, timeMs }: Frame, { id, attempt }: { id: string; attempt: number }): LogEvent {
  const point = eventId(attempt, end);
  const { name, data } = bytesEvent(stream, bytes);
  const content = name === stream ? { text: data } : { base64: data };
  const type = `run.${stream}`;
  return { name, point, json: cloudEvent({ id: `${id}:${point}`, source: events.sourceOf(type), type, subject: id, timeMs, content }) };
}

function logEnd(events: Events, id: string): LogEvent {
  const type = 'run.log.ended';
  const event = { id: `${id}:${endId}`, source: events.sourceOf(type), type, subject: id, timeMs: Date.now(), content: { json: { id } } };
  return { name: 'end', point: endId, json: cloudEvent(event) };
}
