// How the server is: its version, its parts, its disk; and the stop of everything.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { api, request } from '../../api/client.js';
import { activeStates } from '../../frame/live-counts.js';
import { isAdmin, useWho } from '../../frame/who.js';
import { Confirm } from '../../parts/dialog.js';
import { bytes, counted } from '../../parts/format.js';
import { Loaded } from '../../parts/loaded.js';
import { Problem } from '../../parts/problem.js';
import { useResource } from '../../parts/resource.js';

interface Health {
  status: string;
  version: string;
  database: { kind: string; state: string; durability: string; problem?: string };
  launcher: string;
  launcher_state: string;
  isolation: string;
  sandbox: string;
  promises_off: string[];
}
interface Identity {
  pid: number;
  url: string;
  disk: { free_bytes: number; total_bytes: number } | null;
}

export function ServerTab() {
  const who = useWho();
  const state = useResource('server', async (signal) => ({
    health: await readHealth(signal),
    identity: isAdmin(who) ? ((await (await request('/api/server/', { signal })).json()) as Identity) : null,
  }));
  return (
    <Loaded resource={state}>
      {({ health, identity }) => (
        <>
          <Findings health={health} identity={identity} />
          <p class="actions note">
            <button type="button" class="quiet" onClick={state.reload}>
              Look again
            </button>
            {isAdmin(who) && <StopAll />}
          </p>
        </>
      )}
    </Loaded>
  );
}

/** A server that is not well answers 503 with the same body. */
async function readHealth(signal: AbortSignal): Promise<Health> {
  try {
    return await (await request('/health', { signal })).json();
  } catch (error) {
    const body = (error as { body?: Partial<Health> }).body;
    if (body?.database) return body as Health;
    throw error;
  }
}

function Findings({ health, identity }: { health: Health; identity: Identity | null }) {
  const { version, database, launcher, launcher_state, isolation, sandbox, promises_off } = health;
  const disk = identity?.disk;
  return (
    <dl class="facts">
      <Finding what="Version">{version}</Finding>
      {identity && <Finding what="Listens at">{`${identity.url}, process ${identity.pid}`}</Finding>}
      <Finding what="Database" isWell={database.state === 'ok'}>
        {`${database.kind}, durability ${database.durability}`}
        {database.problem && `: ${database.problem}`}
      </Finding>
      <Finding what="Launcher" isWell={launcher_state === 'ok'}>
        {launcher_state === 'ok' ? launcher : launcher_state}
      </Finding>
      <Finding what="Isolation">{isolation}</Finding>
      <Finding what="Sandbox" isWell={sandbox === 'works'}>
        {sandbox}
      </Finding>
      {disk && (
        <Finding what="Disk" isWell={disk.free_bytes > 2 ** 30}>
          {`${bytes(disk.free_bytes)} of ${bytes(disk.total_bytes)} free`}
        </Finding>
      )}
      {promises_off.map((promise) => (
        <Finding what="Without" isWell={false} key={promise}>
          {promise}
        </Finding>
      ))}
    </dl>
  );
}

/** `isWell` undefined: neither good nor bad. */
function Finding({ what, isWell, children }: { what: string; isWell?: boolean; children: ComponentChildren }) {
  const state = isWell ? 'succeeded' : 'lost';
  return (
    <div>
      <dt>{what}</dt>
      <dd>
        {isWell !== undefined && (
          <span class="state-sign" data-state={state} role="img" aria-label={isWell ? 'well' : 'look here'}>
            {isWell ? '✓' : '!'}
          </span>
        )}{' '}
        {children}
      </dd>
    </div>
  );
}

function StopAll() {
  const [asked, ask] = useState<number | null>(null);
  const [told, tell] = useState('');
  const [error, fail] = useState<unknown>();
  const count = async () => {
    const { data } = await api.GET('/api/run/', { params: { query: { state: activeStates, limit: '1' } } });
    ask(Number(data!.meta.total_count));
  };
  const stop = async () => {
    const { stopping } = await (await request('/api/server/stop-runs/', { method: 'POST' })).json();
    tell(`Stopping ${counted(stopping, 'run')}.`);
  };
  return (
    <>
      <button type="button" class="quiet" onClick={() => count().catch(fail)}>
        Stop all runs…
      </button>
      <span role="status" class="muted">
        {told}
      </span>
      {error !== undefined && <Problem error={error} />}
      {asked !== null && (
        <Confirm
          question={`Stop ${counted(asked, 'run')} of all users, services too?`}
          verb="Stop all"
          close={() => ask(null)}
          confirm={() => void stop().catch(fail)}
        />
      )}
    </>
  );
}
