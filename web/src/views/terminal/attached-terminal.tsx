// What a run writes and what is typed to it, in the document of the terminal.
import { useEffect, useRef, useState } from 'preact/hooks';
import { uiPath } from '../../api/base.js';
import { api } from '../../api/client.js';
import { Loaded } from '../../parts/loaded.js';
import { Problem } from '../../parts/problem.js';
import { useResource } from '../../parts/resource.js';
import { StateBadge, stateOf } from '../../parts/run-state.js';
import { href } from '../../router.js';

export function AttachedTerminal({ id }: { id: string }) {
  const [error, fail] = useState<unknown>();
  const run = useResource(
    `terminal ${id}`,
    async (signal) => (await api.GET('/api/run/{id}/', { params: { path: { id } }, signal })).data!,
    ({ type, subject }) => type.startsWith('run.') && subject === id,
  );
  useEffect(() => {
    document.title = 'Terminal · procreg';
  }, []);
  const stop = () => api.POST('/api/run/{id}/stop/', { params: { path: { id } }, body: {} }).catch(fail);
  return (
    <Loaded resource={run}>
      {(now) => (
        <div class="terminal">
          <div class="view-head">
            <h1 class="mono">{now.definition_name ?? [now.exec, ...now.argv].join(' ')}</h1>
            <StateBadge state={stateOf(now)} />
            <div class="actions">
              <a class="button quiet" href={href('runs', id)}>
                Run
              </a>
              {now.state !== 'finished' && (
                <button type="button" class="quiet" onClick={stop}>
                  Stop
                </button>
              )}
            </div>
          </div>
          {error !== undefined && <Problem error={error} />}
          <Screen id={id} />
        </div>
      )}
    </Loaded>
  );
}

/** `leave` comes from the document: a terminal takes every key, Tab too, but for one. */
function Screen({ id }: { id: string }) {
  const frame = useRef<HTMLIFrameElement>(null);
  useEffect(() => {
    const leave = () => document.querySelector<HTMLElement>('.terminal .actions > :first-child')?.focus();
    frame.current?.addEventListener('leave', leave);
  }, []);
  return (
    <iframe ref={frame} src={`${uiPath}terminal.html#${encodeURIComponent(id)}`} title="Terminal" allow="clipboard-read; clipboard-write" />
  );
}
