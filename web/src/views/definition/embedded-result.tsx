// How one run of an embedded form goes, and what comes out of it.
import { api } from '../../api/client.js';
import { Loaded } from '../../parts/loaded.js';
import { Shown } from '../../parts/output/shown.js';
import { useResource } from '../../parts/resource.js';
import { endOf } from '../../parts/run-list.js';
import { StateBadge, stateOf } from '../../parts/run-state.js';
import { Elapsed } from '../../parts/times.js';
import { href } from '../../router.js';

export function EmbeddedResult({ id }: { id: string }) {
  const read = useResource(
    `run ${id}`,
    async (signal) => (await api.GET('/api/run/{id}/', { params: { path: { id } }, signal })).data!,
    ({ type, subject }) => /^run\.(?!std|log)/.test(type) && subject === id,
  );
  return (
    <section class="embedded-result" aria-label="Result">
      <Loaded resource={read}>
        {(run) => (
          <>
            <p class="actions">
              <StateBadge state={stateOf(run)} />
              <span class="muted">{endOf(run)}</span>
              {run.started_at && !run.finished_at && <Elapsed since={run.started_at} />}
              <a href={href('runs', id)} target="_blank" rel="noreferrer">
                More about it
              </a>
            </p>
            {run.error && <p class="fault">{run.error}</p>}
            {run.output && run.output.bytes > 0 && (
              <Shown
                path={run.output.uri}
                name={run.definition_name ?? 'output'}
                contentType={run.output.content_type}
                bytes={run.output.bytes}
              />
            )}
          </>
        )}
      </Loaded>
    </section>
  );
}
