// All programs that one may run here: found by a word, opened with a key.
import { useEffect } from 'preact/hooks';
import { api, type Schemas } from '../../api/client.js';
import { Empty } from '../../parts/empty.js';
import { Loaded } from '../../parts/loaded.js';
import { useResource } from '../../parts/resource.js';
import { href, navigate } from '../../router.js';
import type { ViewProps } from '../../views.js';

export function DefinitionsView({ query }: ViewProps) {
  const q = query.get('q') ?? '';
  const list = useResource(
    `definitions ${q}`,
    async (signal) => (await api.GET('/api/process_definition/', { params: { query: { q: q || undefined, limit: '100' } }, signal })).data!,
    ({ type }) => type.startsWith('definition.'),
  );
  useEffect(() => {
    document.title = 'Definitions · procreg';
  }, []);
  return (
    <>
      <div class="view-head">
        <h1>Definitions</h1>
        <input
          type="search"
          placeholder="Search"
          aria-label="Search definitions"
          value={q}
          onInput={({ currentTarget: { value } }) =>
            navigate(`definitions${value && `?q=${encodeURIComponent(value)}`}`, { replace: true })
          }
        />
        <a class="button" href={href('new')}>
          New program
        </a>
      </div>
      <Loaded resource={list}>
        {({ objects }) =>
          objects.length === 0 ? (
            <Empty title="Nothing here yet" />
          ) : (
            <ul class="rows">
              {objects.map((object) => (
                <Row key={object.id} object={object} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </>
  );
}

function Row({ object: { id, definition } }: { object: Schemas['DefinitionObject'] }) {
  const { name, description } = definition as Schemas['DefinitionBody']['definition'] & object;
  return (
    <li>
      <a data-row href={href('definitions', name ?? String(id))}>
        <strong>{name ?? `#${id}`}</strong>
        <span class="muted">{description}</span>
      </a>
    </li>
  );
}
