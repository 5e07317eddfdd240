// How a run ends that no server can take over; `doctor` finds such runs by the beginning of their error.
import type { Unstored } from './record-writer.js';

export const setAsideMark = 'set aside: ';

/** The last change of the record. */
export function asideEnd(reason: string): () => Unstored {
  const error = `${setAsideMark}${reason}`;
  const end = { state: 'finished', endReason: 'lost', success: false, error, finishedAtMs: Date.now(), order: null } as const;
  return () => ({ change: { ...end }, frames: null });
}
