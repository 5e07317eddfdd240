// How many runs were active and waiting since the view was opened.
import { useEffect, useState } from 'preact/hooks';
import type { Schemas } from '../../api/client.js';

export interface Sample {
  atMs: number;
  running: number;
  waiting: number;
}

/** What the chart shows of the past. */
export const shownMs = 5 * 60_000;

/** Of all lanes together; one for each time that they were read. */
export function useSamples(lanes: Schemas['LaneBody'][] | undefined): Sample[] {
  const [samples, keep] = useState<Sample[]>([]);
  useEffect(() => {
    if (!lanes) return;
    const atMs = Date.now();
    const sum = (count: 'running' | 'queued') => lanes.reduce((total, lane) => total + lane[count], 0);
    const now = { atMs, running: sum('running'), waiting: sum('queued') };
    keep((former) => [...former.filter((sample) => sample.atMs > atMs - 2 * shownMs), now]);
  }, [lanes]);
  return samples;
}
