// Whether the service of a definition runs, and where what it says is to be seen.
import { api, type Schemas } from '../../api/client.js';
import { useResource } from '../../parts/resource.js';
import { StateBadge, stateOf } from '../../parts/run-state.js';
import { href } from '../../router.js';

type Run = Schemas['RunBody'];

const active = 'queued,starting,running,stopping';

/** The run of the service; null: it does not run, or this is not a service; undefined: not known yet. */
export function useService(definition: number, isService: boolean): Run | null | undefined {
  const { value } = useResource(
    isService ? `service ${definition}` : null,
    async (signal) => {
      const query = { definition: String(definition), state: active, limit: '1' };
      const { data } = await api.GET('/api/run/', { params: { query }, signal });
      return data!.objects[0] ?? null;
    },
    ({ type }) => /^(run|service)\./.test(type),
  );
  return isService ? value : null;
}

export function ServiceState({ run, hasParameters }: { run: Run | null | undefined; hasParameters: boolean }) {
  if (run === undefined) return null;
  if (run === null) return <p class="notice muted">This service starts with its first message, and stays up.</p>;
  return (
    <p class="notice">
      <StateBadge state={stateOf(run)} /> <a href={href('runs', run.id)}>See what it says</a>
      {hasParameters && <span class="muted"> Its parameters count when it starts: stop it to change them.</span>}
    </p>
  );
}
