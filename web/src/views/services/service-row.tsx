// A service in the list: its state, and its start or stop.
import { useState } from 'preact/hooks';
import { isAdmin, useWho } from '../../frame/who.js';
import { counted } from '../../parts/format.js';
import { Problem } from '../../parts/problem.js';
import { Ago } from '../../parts/times.js';
import { href } from '../../router.js';
import { type Service, type ServiceState, startService, stopService } from './services.js';

/** `like`: the state of a run with the same colour. */
const looks: Record<ServiceState, { sign: string; like: string; word?: string }> = {
  stopped: { sign: '■', like: 'stopped' },
  starting: { sign: '◌', like: 'starting' },
  ready: { sign: '●', like: 'running' },
  restarting: { sign: '↻', like: 'lost' },
  stopping: { sign: '◑', like: 'stopping' },
  unknown: { sign: '·', like: 'queued', word: "its owner's" },
};

export function ServiceRow({ service, reload }: { service: Service; reload(): void }) {
  const [error, fail] = useState<unknown>();
  const { name, description, reference, run, state } = service;
  const { sign, like, word = state } = looks[state];
  const act = (action: (service: Service) => Promise<void>) => {
    fail(undefined);
    action(service).then(reload, fail);
  };
  return (
    <li>
      <div class="service">
        <a data-row href={run ? href('runs', run.id) : href('definitions', reference as string)}>
          <strong>{name}</strong>
          <span class="muted">{description}</span>
        </a>
        <span class="state" data-state={like} aria-live="polite">
          <span class="state-sign" aria-hidden="true">
            {sign}
          </span>
          {word}
        </span>
        <span class="muted small service-since">{run && <Since run={run} />}</span>
        <Action service={service} act={act} />
      </div>
      {state === 'restarting' && run?.error && <p class="small muted service-why">{run.error}</p>}
      {error !== undefined && <Problem error={error} />}
    </li>
  );
}

function Since({ run: { attempt, started_at, created_at } }: { run: NonNullable<Service['run']> }) {
  return (
    <>
      <Ago at={started_at ?? created_at} />
      {attempt > 1 && `, ${counted(attempt - 1, 'restart')}`}
    </>
  );
}

function Action({ service, act }: { service: Service; act(action: (service: Service) => Promise<void>): void }) {
  const { name, reference, run, state, needsForm } = service;
  const who = useWho();
  if (who.user.role === 'viewer' || state === 'stopping') return null;
  if (run && (isAdmin(who) || run.owner === who.user.username))
    return (
      <button type="button" class="quiet small service-action" aria-label={`Stop ${name}`} onClick={() => act(stopService)}>
        Stop
      </button>
    );
  if (state !== 'stopped' || reference === null) return null;
  if (needsForm)
    return (
      <a class="button quiet small service-action" href={href('definitions', reference)} aria-label={`Start ${name}, with its form`}>
        Start…
      </a>
    );
  return (
    <button type="button" class="quiet small service-action" aria-label={`Start ${name}`} onClick={() => act(startService)}>
      Start
    </button>
  );
}
