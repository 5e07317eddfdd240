// Chooses the definition that gets the output of a run as its message.
import { useState } from 'preact/hooks';
import { api, type Schemas } from '../../api/client.js';
import { Dialog } from '../../parts/dialog.js';
import { Loaded } from '../../parts/loaded.js';
import { useResource } from '../../parts/resource.js';
import { href } from '../../router.js';
import type { Run } from './run-access.js';

export function UseOutputDialog({ run, close }: { run: Run; close(): void }) {
  const [q, search] = useState('');
  const list = useResource(
    `use ${q}`,
    async (signal) => (await api.GET('/api/process_definition/', { params: { query: { q: q || undefined, limit: '20' } }, signal })).data!,
  );
  return (
    <Dialog title="Use this output as input of" close={close}>
      <input
        type="search"
        aria-label="Search definitions"
        placeholder="Search"
        onInput={({ currentTarget }) => search(currentTarget.value)}
      />
      <Loaded resource={list}>
        {({ objects }) => (
          <ul class="rows">
            {objects.map((object) => (
              <li key={object.id}>
                <a data-row href={`${href('definitions', String(object.id))}#message_from=run:${run.id}/output`} onClick={close}>
                  <strong>{nameOf(object)}</strong>
                </a>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Dialog>
  );
}

function nameOf({ id, definition }: Schemas['DefinitionObject']): string {
  return (definition as { name?: string }).name ?? `#${id}`;
}
