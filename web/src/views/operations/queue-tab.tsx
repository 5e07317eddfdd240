// The lanes: how many runs are active and waiting in each, and how many may be active.
import { useState } from 'preact/hooks';
import { uiPath } from '../../api/base.js';
import { api, type Schemas } from '../../api/client.js';
import { isAdmin, useWho } from '../../frame/who.js';
import { Lazy } from '../../parts/lazy.js';
import { Loaded } from '../../parts/loaded.js';
import { Problem } from '../../parts/problem.js';
import { useResource } from '../../parts/resource.js';
import { useSamples } from './samples.js';

type Lane = Schemas['LaneBody'];

const loadChart = async () => (await import('./chart.js')).Chart;

export function QueueTab() {
  const who = useWho();
  const lanes = useResource(
    'lanes',
    async (signal) => (await api.GET('/api/lane/', { signal })).data!.objects,
    ({ type }) => /^(lane\.changed|run\.(queued|started|finished|removed))$/.test(type),
  );
  const samples = useSamples(lanes.value);
  return (
    <Loaded resource={lanes}>
      {(list) => (
        <>
          <table>
            <thead>
              <tr>
                <th>Lane</th>
                <th class="figure">Running</th>
                <th class="figure">Waiting</th>
                <th>At most</th>
                <th class="figure wide">Succeeded</th>
                <th class="figure wide">Failed</th>
              </tr>
            </thead>
            <tbody>
              {list.map((lane) => (
                <LaneRow key={lane.name} lane={lane} reload={lanes.reload} />
              ))}
            </tbody>
          </table>
          <p class="small muted note">
            {isAdmin(who)
              ? 'A limit that is set here counts until the server ends; LANES sets it for good. Succeeded and failed: since the server started.'
              : 'Succeeded and failed: since the server started.'}{' '}
            {!isAdmin(who) && (
              <button type="button" class="link" onClick={lanes.reload}>
                Read again
              </button>
            )}
          </p>
          <Lazy load={loadChart} props={{ samples }} />
          <p>
            <a href={`${uiPath}runs?state=queued`}>Runs that wait</a>
          </p>
        </>
      )}
    </Loaded>
  );
}

function LaneRow({ lane: { name, running, queued, limit, done, failed }, reload }: { lane: Lane; reload(): void }) {
  const who = useWho();
  return (
    <tr>
      <td>
        <strong>{name}</strong>
      </td>
      <td class="figure">{running}</td>
      <td class="figure">{queued}</td>
      <td>{isAdmin(who) ? <LimitForm key={limit} name={name} limit={limit} reload={reload} /> : limit || 'no limit'}</td>
      <td class="figure wide">{done}</td>
      <td class="figure wide">{failed}</td>
    </tr>
  );
}

function LimitForm({ name, limit, reload }: { name: string; limit: number; reload(): void }) {
  const [value, change] = useState(limit === 0 ? '' : String(limit));
  const [error, fail] = useState<unknown>();
  const set = (event: SubmitEvent) => {
    event.preventDefault();
    fail(undefined);
    api.PATCH('/api/lane/{name}/', { params: { path: { name } }, body: { limit: Number(value) } }).then(reload, fail);
  };
  return (
    <form class="limit" onSubmit={set}>
      <input
        type="number"
        min="0"
        max="1000000"
        placeholder="no limit"
        aria-label={`Most runs at once in ${name}; empty: no limit`}
        value={value}
        onInput={({ currentTarget }) => change(currentTarget.value)}
      />
      {Number(value) !== limit && (
        <button type="submit" class="small">
          Set
        </button>
      )}
      {error !== undefined && <Problem error={error} />}
    </form>
  );
}
