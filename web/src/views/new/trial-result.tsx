// How a trial goes, and what comes out of it.
import { api, request, type Schemas } from '../../api/client.js';
import { duration } from '../../parts/format.js';
import { Loaded } from '../../parts/loaded.js';
import { Shown } from '../../parts/output/shown.js';
import { useResource } from '../../parts/resource.js';
import { StateBadge, stateOf } from '../../parts/run-state.js';
import { Elapsed } from '../../parts/times.js';
import { href } from '../../router.js';

type Run = Schemas['RunBody'];

export function TrialResult({ id }: { id: string }) {
  const read = useResource(
    `run ${id}`,
    async (signal) => (await api.GET('/api/run/{id}/', { params: { path: { id } }, signal })).data!,
    ({ type, subject }) => /^run\.(?!std|log)/.test(type) && subject === id,
  );
  return (
    <section class="trial" aria-label="What came of it" aria-live="polite">
      <Loaded resource={read}>
        {(run) => (
          <>
            <p class="actions">
              <StateBadge state={stateOf(run)} />
              {run.started_at && !run.finished_at && <Elapsed since={run.started_at} />}
              {run.duration_ms !== null && <span class="muted number">{duration(run.duration_ms)}</span>}
              {run.exit_code ? <span class="muted">exit code {run.exit_code}</span> : null}
              <a href={href('runs', id)} target="_blank" rel="noreferrer">
                Open the run
              </a>
            </p>
            {run.error && <p class="fault">{run.error}</p>}
            {run.finished_at && !run.success && <LogEnd id={id} />}
            {run.output && run.output.bytes > 0 && <Output run={run} />}
          </>
        )}
      </Loaded>
    </section>
  );
}

function Output({ run: { output } }: { run: Run }) {
  const { uri, content_type, bytes } = output!;
  return <Shown path={uri} name="output" contentType={content_type} bytes={bytes} />;
}

/** What a program that failed said last. */
function LogEnd({ id }: { id: string }) {
  const { value } = useResource(`log ${id}`, async (signal) => (await request(`/api/run/${id}/log/?stream=stderr`, { signal })).text());
  return value ? <pre class="log-end">{value.slice(-2000)}</pre> : null;
}
