// How much is going on now: the numbers at the places, read once, and kept by the events from then on.
import { useEffect, useState } from 'preact/hooks';
import { api } from '../api/client.js';
import { type LiveEvent, onEvents } from '../api/live.js';
import { useResource } from '../parts/resource.js';

export const activeStates = 'queued,starting,running,stopping';

interface Counts {
  runs: number;
  services: number;
}

/** The runs that have not ended, by their ids: whether each is that of a service. */
class ActiveRuns {
  private readonly known = new Map<string, boolean>();
  /** Those of a long list that were not read. */
  private others = 0;

  begin(total: number, runs: { id: string; ready?: boolean }[]): Counts {
    this.known.clear();
    for (const { id, ready } of runs) this.known.set(id, ready !== undefined);
    this.others = total - runs.length;
    return this.counts;
  }

  hear({ type, data }: LiveEvent): void {
    const id = typeof data === 'object' ? data['id'] : undefined;
    if (typeof id !== 'string') return;
    if (/^run\.(queued|started|stopping)$/.test(type)) this.known.set(id, this.known.get(id) ?? false);
    if (/^service\.(ready|restarting)$/.test(type)) this.known.set(id, true);
    if (type === 'run.finished' && !this.known.delete(id)) this.others = Math.max(0, this.others - 1);
  }

  get counts(): Counts {
    const services = [...this.known.values()].filter(Boolean).length;
    return { runs: this.known.size + this.others, services };
  }
}

/** Runs that have not ended, services included, and those of services among them. */
export function useLiveCounts(): Counts {
  const [active] = useState(() => new ActiveRuns());
  const [counts, change] = useState<Counts>({ runs: 0, services: 0 });
  const { value } = useResource('live-counts', async (signal) => {
    const { data } = await api.GET('/api/run/', { params: { query: { state: activeStates, limit: '1000' } }, signal });
    return data!;
  });
  useEffect(() => {
    if (value) change(active.begin(Number(value.meta.total_count), value.objects));
  }, [value]);
  useEffect(
    () =>
      onEvents((events) => {
        for (const event of events) active.hear(event);
        change((last) => {
          const { runs, services } = active.counts;
          return last.runs === runs && last.services === services ? last : { runs, services };
        });
      }),
    [],
  );
  return counts;
}
