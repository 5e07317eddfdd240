// The filters of the list of runs; they stand in the address.

import { uiPath } from '../../api/base.js';
import { useWho } from '../../frame/who.js';
import type { RunFilter } from '../../parts/run-list.js';
import { navigate } from '../../router.js';

const states = [
  ['', 'All'],
  ['active', 'Active'],
  ['failed', 'Failed'],
];
const sinceHours: [hours: string, text: string][] = [
  ['', 'Any time'],
  ['1', 'Last hour'],
  ['24', 'Last day'],
  ['168', 'Last week'],
];
const minuteMs = 60_000;

/** The address with other filters, from the first page on unless `after` is among them. */
export function addressOf(query: URLSearchParams, more: Record<string, string>): string {
  const next = new URLSearchParams(query);
  next.delete('after');
  for (const [name, value] of Object.entries(more)) value === '' ? next.delete(name) : next.set(name, value);
  return `runs${next.size > 0 ? `?${next}` : ''}`;
}

/** As the API has them. */
export function filterOf(query: URLSearchParams): RunFilter {
  const state = query.get('state') ?? '';
  const hours = Number(query.get('since'));
  // the same for a while, so that the list is not read anew with each drawing
  const now = Math.floor(Date.now() / minuteMs / 5) * minuteMs * 5;
  return {
    state: state === 'active' ? 'queued,starting,running,stopping' : state === 'failed' ? undefined : state,
    success: state === 'failed' ? 'false' : undefined,
    q: query.get('q') ?? undefined,
    owner: query.get('owner') ?? undefined,
    created_at__gte: hours > 0 ? new Date(now - hours * 60 * minuteMs).toISOString() : undefined,
  };
}

export function RunFilters({ query }: { query: URLSearchParams }) {
  const { user } = useWho();
  const change = (more: Record<string, string>) => navigate(addressOf(query, more), { replace: true });
  const value = (name: string) => query.get(name) ?? '';
  return (
    <div class="view-head">
      <h1>Runs</h1>
      <nav class="segments" aria-label="States">
        {states.map(([state, text]) => (
          <a key={state} href={uiPath + addressOf(query, { state })} aria-current={value('state') === state ? 'page' : undefined}>
            {text}
          </a>
        ))}
      </nav>
      <select
        class="since"
        aria-label="Since"
        value={value('since')}
        onChange={({ currentTarget }) => change({ since: currentTarget.value })}
      >
        {sinceHours.map(([hours, text]) => (
          <option key={hours} value={hours}>
            {text}
          </option>
        ))}
      </select>
      {user.role === 'admin' && (
        <input
          class="owner"
          placeholder="User"
          aria-label="Runs of this user"
          value={value('owner')}
          onChange={({ currentTarget }) => change({ owner: currentTarget.value.trim() })}
        />
      )}
      <input
        type="search"
        placeholder="Search"
        aria-label="Search by the name of the definition"
        value={value('q')}
        onInput={({ currentTarget }) => change({ q: currentTarget.value })}
      />
    </div>
  );
}
