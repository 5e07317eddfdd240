// Follows the log of one run as events, until its end; a run that was only created is followed from its start.
import { setTimeout as sleep } from 'node:timers/promises';
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

/** How often a run is looked at that was not started yet. */
const lookMs = 500;
const blockBytes = 64 * 1024;

export interface FollowedLog {
  row: RunEntity;
  /** The id of the next event. */
  from: number;
  signal: AbortSignal;
  /** Calls `make` when the reader takes the events, and resolves when they are written. */
  say: (make: () => LogEvent[]) => Promise<void>;
}

/** Resolves when the log has ended, or the signal is aborted. */
export async function followLog(runs: Runs, events: Events, { row, from, signal, say }: FollowedLog): Promise<void> {
  let now: RunEntity | null = row;
  while (now?.state === 'created' && !signal.aborted) {
    await sleep(lookMs, undefined, { signal, ref: false }).catch(() => {});
    now = await runs.recorded(row.id);
  }
  if (!now) return;
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
