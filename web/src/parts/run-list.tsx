// A list of runs, newest first and live: each row says what ran, how it went, when, and for how long.
import type { ComponentChildren } from 'preact';
import { api, type Schemas } from '../api/client.js';
import { useWho } from '../frame/who.js';
import { href } from '../router.js';
import { counted, duration } from './format.js';
import { useHeldRuns } from './held-runs.js';
import { Loaded } from './loaded.js';
import { useResource } from './resource.js';
import { StateBadge, stateOf } from './run-state.js';
import { Ago, Elapsed } from './times.js';
import './run-list.css';

type Run = Schemas['RunBody'];

/** The filters of `GET /api/run/`, as texts; empty and undefined ones are left out. */
export type RunFilter = Record<string, string | undefined>;

const pageRuns = 50;

interface RunListProps {
  filter: RunFilter;
  /** The id of the last run of the page before: `after` of the address. */
  after?: string;
  /** The address of the page behind this run; null: of the newest. */
  pageHref(after: string | null): string;
  /** What is shown where no run fits. */
  empty: ComponentChildren;
  /** All runs are of one definition, whose name is not repeated. */
  isOfOne?: boolean;
  /** What stands before each row, such as a box to choose it. */
  before?(run: Run): ComponentChildren;
  /** Told whenever the page has been read. */
  onRuns?(runs: Run[]): void;
}

export function RunList({ filter, after, pageHref, empty, isOfOne, before, onRuns }: RunListProps) {
  const given = Object.entries({ ...filter, after }).filter((entry): entry is [string, string] => Boolean(entry[1]));
  const query = { ...Object.fromEntries(given), limit: String(pageRuns) };
  const page = useResource(
    `runs ${new URLSearchParams(query)}`,
    async (signal) => {
      const { data } = await api.GET('/api/run/', { params: { query }, signal });
      onRuns?.(data!.objects);
      return data!;
    },
    ({ type }) => /^(run|service)\./.test(type),
  );
  return (
    <Loaded resource={page}>
      {({ objects }) => (
        <>
          {objects.length === 0 ? empty : <HeldRows page={objects} name={JSON.stringify(query)} isOfOne={isOfOne} before={before} />}
          <nav class="actions" aria-label="Pages">
            {after && <a href={pageHref(null)}>Newest</a>}
            {objects.length === pageRuns && <a href={pageHref(objects[pageRuns - 1].id)}>Older</a>}
          </nav>
        </>
      )}
    </Loaded>
  );
}

function HeldRows({ page, name, ...more }: Omit<RunRowsProps, 'runs'> & { page: Run[]; name: string }) {
  const { runs, waiting, showAll } = useHeldRuns(page, name);
  return (
    <>
      {waiting > 0 && (
        <button type="button" class="small new-runs" onClick={showAll}>
          {counted(waiting, 'new run')}
        </button>
      )}
      <RunRows runs={runs} {...more} />
    </>
  );
}

interface RunRowsProps extends Pick<RunListProps, 'isOfOne' | 'before'> {
  runs: Run[];
  /** What tells runs of one definition apart; else their parameters do. */
  given?(run: Run): string | undefined;
}

/** The rows alone, of runs that are known. */
export function RunRows({ runs, isOfOne, before, given }: RunRowsProps) {
  const { user } = useWho();
  return (
    <ul class="rows run-rows">
      {runs.map((run) => (
        <li key={run.id}>
          {before?.(run)}
          <a data-row href={href('runs', run.id)}>
            <StateBadge state={stateOf(run)} />
            <span class="run-what">
              {!isOfOne && <strong>{run.definition_name ?? run.exec}</strong>}
              {run.owner !== user.username && <span class="muted">by {run.owner ?? 'a removed user'}</span>}
              <span class="muted run-end">{endOf(run)}</span>
              {isOfOne && <span class="muted run-given">{given?.(run) ?? givenTo(run)}</span>}
            </span>
            <span class="run-time">{run.started_at && (run.finished_at ? <Took run={run} /> : <Elapsed since={run.started_at} />)}</span>
            <span class="run-time muted">
              <Ago at={run.started_at ?? run.created_at} />
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}

function Took({ run: { duration_ms } }: { run: Run }) {
  return <span class="number">{duration_ms !== null && duration(duration_ms)}</span>;
}

/** Its parameters, so that runs of one definition can be told apart. */
function givenTo({ parameters }: Run): string {
  const shown = Object.entries(parameters).filter(([, value]) => value !== '***');
  return shown
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ')
    .slice(0, 200);
}

const reasons: Record<string, string> = {
  timeout: 'took too long',
  output_limit: 'wrote too much',
  memory_limit: 'needed too much memory',
  cpu_limit: 'needed too much processor time',
  file_size_limit: 'wrote too large a file',
  input_error: 'the message could not be delivered',
  output_error: 'the output could not be stored',
  spawn_error: 'could not be started',
  cancelled: 'before it started',
  lost: 'unknown how it ended',
};

/** Why it ended, in a few words; empty where the state says it. */
export function endOf({ state, success, end_reason, exit_code, signal, error }: Run): string {
  if (state !== 'finished') return state === 'queued' && error ? error : '';
  if (end_reason === 'exit') return success && exit_code === 0 ? '' : `exit code ${exit_code}`;
  if (end_reason === 'signal') return signal ?? '';
  return reasons[end_reason ?? ''] ?? '';
}
