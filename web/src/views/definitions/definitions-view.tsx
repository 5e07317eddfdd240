// All programs that one may run here: found by words and tags, each with how its last runs ended.
import { useEffect, useRef, useState } from 'preact/hooks';
import { api, type Schemas } from '../../api/client.js';
import { isAuthor, useWho } from '../../frame/who.js';
import { Empty } from '../../parts/empty.js';
import { counted } from '../../parts/format.js';
import { Loaded } from '../../parts/loaded.js';
import { type Resource, useResource } from '../../parts/resource.js';
import { href, navigate } from '../../router.js';
import type { ViewProps } from '../../views.js';
import './definitions.css';
import { DefinitionRow } from './definition-row.js';
import { EmptyRegistry } from './empty-registry.js';
import { useRecentRuns } from './recent-runs.js';

const pageLength = 100;
const settleMs = 200;

interface Found {
  objects: Schemas['DefinitionObject'][];
  total: number;
}

export function DefinitionsView({ query }: ViewProps) {
  const q = query.get('q') ?? '';
  const tags = (query.get('tags') ?? '').split(',').filter((tag) => tag !== '');
  const { list, showMore } = useDefinitions(useSettled(q), tags);
  const who = useWho();
  useEffect(() => {
    document.title = 'Definitions · procreg';
  }, []);
  const find = (wanted: { q?: string; tags?: string[] }) => navigate(addressOf({ q, tags, ...wanted }), { replace: true });
  const isFiltered = q !== '' || tags.length > 0;
  return (
    <>
      <div class="view-head definitions-head">
        <h1>Definitions</h1>
        {tags.map((tag) => (
          <button type="button" class="quiet small" key={tag} onClick={() => find({ tags: tags.filter((one) => one !== tag) })}>
            {tag} <span aria-hidden="true">×</span>
            <span class="off-screen">: show all tags</span>
          </button>
        ))}
        <input
          type="search"
          placeholder="Search"
          aria-label="Search definitions"
          value={q}
          onInput={({ currentTarget: { value } }) => find({ q: value })}
        />
        {isAuthor(who) && who.features.includes('imports') && (
          <a class="button quiet" href={href('import')}>
            Import
          </a>
        )}
        {isAuthor(who) && (
          <a class="button" href={href('new')}>
            New program
          </a>
        )}
      </div>
      <Loaded resource={list}>
        {({ objects, total }) => {
          if (objects.length > 0) return <List {...{ objects, total, showMore }} find={(tag) => find({ tags: [...tags, tag] })} />;
          return isFiltered ? <NothingFound clear={() => find({ q: '', tags: [] })} /> : <EmptyRegistry />;
        }}
      </Loaded>
    </>
  );
}

function List({ objects, total, showMore, find }: Found & { showMore(): void; find(tag: string): void }) {
  const recent = useRecentRuns(objects.map(({ id }) => id));
  return (
    <>
      <ul class="rows definitions">
        {objects.map((object) => (
          <DefinitionRow key={object.id} object={object} recent={recent.get(object.id)} find={find} />
        ))}
      </ul>
      <p class="off-screen" role="status">
        {counted(total, 'definition')}
      </p>
      {objects.length < total && (
        <div class="actions more">
          <button type="button" class="quiet" onClick={showMore}>
            Show more
          </button>
          <span class="muted number">
            {objects.length} of {total.toLocaleString('en')}
          </span>
        </div>
      )}
    </>
  );
}

function NothingFound({ clear }: { clear(): void }) {
  return (
    <Empty title="Nothing is called so, or described so">
      <button type="button" class="quiet" onClick={clear}>
        Show all definitions
      </button>
    </Empty>
  );
}

/** A search looks at every definition: each letter would be one. */
function useSettled(value: string): string {
  const [settled, change] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => change(value), settleMs);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

/** The list that was found last stays until the next one is there, so that nothing flickers while one types. */
function useDefinitions(q: string, tags: string[]): { list: Resource<Found>; showMore(): void } {
  const wanted = useRef(pageLength);
  const former = useRef<Found | undefined>(undefined);
  const list = useResource(
    `definitions ${JSON.stringify([q, tags])}`,
    (signal) => readDefinitions({ q: q || undefined, tags: tags.join(',') || undefined }, wanted.current, signal),
    ({ type }) => type.startsWith('definition.'),
  );
  former.current = list.value ?? former.current;
  const showMore = () => {
    wanted.current += pageLength;
    list.reload();
  };
  return { list: { ...list, value: former.current }, showMore };
}

/** A page of large definitions has fewer than were wanted. */
async function readDefinitions(filters: { q?: string; tags?: string }, wanted: number, signal: AbortSignal): Promise<Found> {
  const objects: Found['objects'] = [];
  for (;;) {
    const query = { ...filters, limit: String(Math.min(1000, wanted - objects.length)), offset: String(objects.length) };
    const { data } = await api.GET('/api/process_definition/', { params: { query }, signal });
    objects.push(...data!.objects);
    if (objects.length >= wanted || data!.meta.next === null) return { objects, total: data!.meta.total_count };
  }
}

function addressOf({ q, tags }: { q: string; tags: string[] }): string {
  const query = new URLSearchParams();
  if (q) query.set('q', q);
  if (tags.length > 0) query.set('tags', [...new Set(tags)].join(','));
  return `definitions${query.size > 0 ? `?${query}` : ''}`;
}
