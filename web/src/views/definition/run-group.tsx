// Runs that were started together, one for each of several files: how far they are, and their results.
import { useState } from 'preact/hooks';
import { api, type Schemas } from '../../api/client.js';
import { download } from '../../api/tickets.js';
import { counted } from '../../parts/format.js';
import { Loaded } from '../../parts/loaded.js';
import { Problem } from '../../parts/problem.js';
import { useResource } from '../../parts/resource.js';
import { RunRows } from '../../parts/run-list.js';
import { href } from '../../router.js';
import { fileOfRun } from './drafts.js';

type Run = Schemas['RunBody'];

export function RunGroup({ definition, reference, ids }: { definition: number; reference: string; ids: string[] }) {
  const [error, fail] = useState<unknown>();
  const runs = useResource(
    `group ${ids}`,
    (signal) => readGroup(definition, ids, signal),
    ({ type, subject }) => /^run\./.test(type) && ids.includes(subject ?? ''),
  );
  return (
    <Loaded resource={runs}>
      {(all) => {
        const ended = all.filter(({ state }) => state === 'finished');
        const results = all.filter(({ output }) => output !== null);
        return (
          <>
            <div class="view-head">
              <p role="status">{`${ended.length} of ${counted(all.length, 'run')} ended`}</p>
              <button type="button" disabled={results.length === 0} onClick={() => void downloadAll(results).catch(fail)}>
                Download {counted(results.length, 'result')}
              </button>
              <a class="button quiet" href={href('definitions', reference)}>
                Back to the form
              </a>
            </div>
            {error !== undefined && <Problem error={error} />}
            <RunRows runs={all} isOfOne given={({ id }) => fileOfRun(id)} />
          </>
        );
      }}
    </Loaded>
  );
}

/** At most 1000 are in one answer; their ids begin with the time. */
async function readGroup(definition: number, ids: string[], signal: AbortSignal): Promise<Run[]> {
  const firstMs = Number.parseInt(ids[0].replace('-', '').slice(0, 12), 16);
  const query = { definition: String(definition), created_at__gte: new Date(firstMs).toISOString(), order_by: 'created_at', limit: '1000' };
  const { data } = await api.GET('/api/run/', { params: { query }, signal });
  return data!.objects.filter(({ id }) => ids.includes(id));
}

/** One after the other: a browser asks once whether several files may be stored. */
async function downloadAll(runs: Run[]): Promise<void> {
  for (const { id } of runs) {
    await download(`/api/run/${id}/output/`, '');
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}
