// How much is going on now: the numbers at the places.
import { api } from '../api/client.js';
import { useResource } from '../parts/resource.js';

export const activeStates = 'queued,starting,running,stopping';

/** Runs that have not ended, services included, and those of services among them. */
export function useLiveCounts(): { runs: number; services: number } {
  const { value } = useResource(
    'live-counts',
    async (signal) => {
      const { data } = await api.GET('/api/run/', { params: { query: { state: activeStates, limit: '1000' } }, signal });
      const { meta, objects } = data!;
      return { runs: Number(meta.total_count), services: objects.filter(({ ready }) => ready !== undefined).length };
    },
    ({ type }) => /^(run|service)\.(queued|started|finished|removed|ready|stopped)$/.test(type),
  );
  return value ?? { runs: 0, services: 0 };
}
