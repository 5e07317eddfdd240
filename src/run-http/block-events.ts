// The events of one part of a log, built once for all followers that read the same part.

import { bytesEvent, eventText } from '../http/sse.js';
import { isoTime } from '../model/file-times.js';
import type { LogStream } from '../model/log-format.js';
import { type FrameBlock, framesOf } from '../model/read-frames.js';
import { eventId } from './event-ids.js';

export interface Wanted {
  attempt: number;
  /** Left out: both streams. */
  stream?: LogStream;
}

/** The events by part, kept as long as the part is in use; a part belongs to one attempt. */
const made = new WeakMap<Buffer, Map<LogStream | undefined, Buffer>>();

/** Complete events as they are on the wire; empty when the part has no bytes of this stream. */
export function blockEvents(block: FrameBlock, wanted: Wanted): Buffer {
  const ofBlock = made.get(block.bytes) ?? new Map<LogStream | undefined, Buffer>();
  made.set(block.bytes, ofBlock);
  const events = ofBlock.get(wanted.stream) ?? makeEvents(block, wanted);
  ofBlock.set(wanted.stream, events);
  return events;
}

function makeEvents({ bytes, offset }: FrameBlock, { attempt, stream }: Wanted): Buffer {
  let text = '';
  for (const frame of framesOf(bytes, offset)) {
    if (stream && stream !== frame.stream) continue;
    const time = isoTime(frame.timeMs);
    text += eventText({ id: eventId(attempt, frame.end), ...bytesEvent(frame.stream, frame.bytes), time });
  }
  return Buffer.from(text);
}
