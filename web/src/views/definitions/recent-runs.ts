// The last runs of the definitions in the list: read once, and then kept up to date by events.
import { useEffect, useRef, useState } from 'preact/hooks';
import { api, type Schemas } from '../../api/client.js';
import { type LiveEvent, onEvents } from '../../api/live.js';
import { useResource } from '../../parts/resource.js';

export type RecentRun = Schemas['RecentRunBody'];

export interface Recent {
  owner: string | null;
  /** Newest first. */
  runs: RecentRun[];
}

/** By the id of the definition. */
type AllRecent = ReadonlyMap<number, Recent>;

const shownRuns = 20;
/** As many as the server takes in one request. */
const mostDefinitions = 100;

export function useRecentRuns(ids: number[]): AllRecent {
  const [recent, change] = useState<AllRecent>(new Map());
  const meanwhile = useRef<LiveEvent[]>([]);
  const { value } = useResource(ids.length > 0 ? `recent ${ids}` : null, (signal) => {
    meanwhile.current = [];
    return readRecent(ids, signal);
  });
  useEffect(() => {
    // what was answered may be older than an event that has come since it was asked
    if (value) change(meanwhile.current.reduce(withEvent, value));
  }, [value]);
  useEffect(
    () =>
      onEvents((events) => {
        meanwhile.current.push(...events);
        change((last) => events.reduce(withEvent, last));
      }),
    [],
  );
  return recent;
}

async function readRecent(ids: number[], signal: AbortSignal): Promise<AllRecent> {
  const parts = Array.from({ length: Math.ceil(ids.length / mostDefinitions) }, (_none, at) =>
    ids.slice(at * mostDefinitions, (at + 1) * mostDefinitions),
  );
  const answers = await Promise.all(
    parts.map((part) =>
      api.GET('/api/run/recent/', { params: { query: { definitions: part.join(','), limit: String(shownRuns) } }, signal }),
    ),
  );
  return new Map(answers.flatMap(({ data }) => data!.objects.map(({ definition_id, owner, runs }) => [definition_id, { owner, runs }])));
}

function withEvent(recent: AllRecent, { type, time, data }: LiveEvent): AllRecent {
  if (!type.startsWith('run.') || typeof data !== 'object') return recent;
  const run = data as unknown as RecentRun & { definition_id: number };
  const known = recent.get(run.definition_id);
  if (!known) return recent;
  const former = known.runs.find(({ id }) => id === run.id);
  const others = known.runs.filter(({ id }) => id !== run.id);
  if (type === 'run.removed') return new Map(recent).set(run.definition_id, { ...known, runs: others });
  const now: RecentRun = {
    id: run.id,
    state: run.state,
    end_reason: run.end_reason ?? null,
    success: run.success ?? null,
    started_at: former?.started_at ?? (type === 'run.started' ? (time ?? null) : null),
    finished_at: type === 'run.finished' ? (time ?? null) : null,
  };
  // ids are in the order of time
  const runs = [now, ...others].sort((one, other) => (one.id < other.id ? 1 : -1)).slice(0, shownRuns);
  return new Map(recent).set(run.definition_id, { ...known, runs });
}
