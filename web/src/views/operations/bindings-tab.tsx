// Buses, and the programs that are bound to their streams.
import { useState } from 'preact/hooks';
import { api, request, type Schemas } from '../../api/client.js';
import { isAuthor, useWho } from '../../frame/who.js';
import { idOf, useBindings } from '../../parts/bindings.js';
import { Confirm } from '../../parts/dialog.js';
import { Empty } from '../../parts/empty.js';
import { counted } from '../../parts/format.js';
import { Loaded } from '../../parts/loaded.js';
import { Problem } from '../../parts/problem.js';
import { useResource } from '../../parts/resource.js';
import { href } from '../../router.js';
import { NewBinding } from './new-binding.js';

type Binding = Schemas['BindingBody'];

export function BindingsTab() {
  const who = useWho();
  const [isNew, setNew] = useState(false);
  const bindings = useBindings();
  const buses = useResource('buses', readBuses);
  return (
    <>
      <div class="view-head">
        <p class="muted tab-lead">
          {Object.entries(buses.value ?? {}).map(([bus, state]) => (
            <span class="tag" key={bus}>
              {bus}: {state}
            </span>
          ))}
        </p>
        {isAuthor(who) && (
          <button type="button" onClick={() => setNew(true)}>
            Bind a program
          </button>
        )}
      </div>
      {isNew && <NewBinding buses={Object.keys(buses.value ?? {})} close={() => setNew(false)} made={bindings.reload} />}
      <Loaded resource={bindings}>
        {({ list, names }) =>
          list.length === 0 ? (
            <Empty title="No bindings">
              <p class="muted">A binding runs a program with each message of a stream, and sends its output to another stream.</p>
            </Empty>
          ) : (
            <ul class="rows">
              {list.map((binding) => (
                <BindingRow key={binding.id} binding={binding} name={names.get(binding.definition)} reload={bindings.reload} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </>
  );
}

async function readBuses(signal: AbortSignal): Promise<Record<string, string>> {
  return (await (await request('/health', { signal })).json()).buses;
}

function BindingRow({ binding, name = `#${idOf(binding.definition)}`, reload }: { binding: Binding; name?: string; reload(): void }) {
  const { id, definition, input, output, owner, state, enabled } = binding;
  const [error, fail] = useState<unknown>();
  const [asks, ask] = useState(false);
  const who = useWho();
  const path = { id: String(id) };
  const act = (sent: Promise<unknown>) => {
    fail(undefined);
    sent.then(reload, fail);
  };
  return (
    <li class="binding">
      <div class="binding-way">
        <a href={`${href('streams', input.stream)}?bus=${input.bus}`}>{input.stream}</a>
        <span aria-hidden="true">→</span>
        <a data-row href={href('definitions', idOf(definition))}>
          <strong>{name}</strong>
        </a>
        {output && (
          <>
            <span aria-hidden="true">→</span>
            <a href={`${href('streams', output.stream)}?bus=${output.bus}`}>{output.stream}</a>
          </>
        )}
        {owner !== who.user.username && <span class="tag">{owner ?? 'of a removed user'}</span>}
      </div>
      <span class="small muted" aria-live="polite">
        {state.status}, {state.in_flight} in hand, {state.handled} handled, {counted(state.failed, 'dead letter')}
      </span>
      {isAuthor(who) && (
        <span class="actions">
          <label class="switch">
            <input
              type="checkbox"
              checked={enabled}
              onChange={({ currentTarget: { checked } }) =>
                act(api.PATCH('/api/binding/{id}/', { params: { path }, body: { enabled: checked } }))
              }
            />
            Enabled
          </label>
          <button type="button" class="quiet small" aria-label={`Delete the binding of ${input.stream}`} onClick={() => ask(true)}>
            Delete
          </button>
        </span>
      )}
      {state.error && <p class="small fault">{state.error}</p>}
      {error !== undefined && <Problem error={error} />}
      {asks && (
        <Confirm
          question={`Delete the binding of ${input.stream}, with the messages that wait in its queue?`}
          verb="Delete"
          close={() => ask(false)}
          confirm={() => act(api.DELETE('/api/binding/{id}/', { params: { path } }))}
        />
      )}
    </li>
  );
}
