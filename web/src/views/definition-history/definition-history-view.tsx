// The tab History of a definition: its versions, what each has changed, and the way back to one.

import { api } from '../../api/client.js';
import { useWho } from '../../frame/who.js';
import { type DefinitionContent, mayChange, type StoredDefinition, useDefinition } from '../../parts/definition.js';
import { DefinitionDiff } from '../../parts/definition-diff.js';
import { DefinitionHead } from '../../parts/definition-head.js';
import { jsonText } from '../../parts/json-text.js';
import { Loaded } from '../../parts/loaded.js';
import { useResource } from '../../parts/resource.js';
import { Ago } from '../../parts/times.js';
import type { ViewProps } from '../../views.js';
import { Restore } from './restore.js';
import './definition-history.css';

interface Revision {
  revision: number;
  created_at: string;
  definition: DefinitionContent;
}

interface Revisions {
  /** Newest first. */
  objects: Revision[];
  truncated?: boolean;
}

export function DefinitionHistoryView({ parts: [reference], hash }: ViewProps) {
  const definition = useDefinition(reference);
  const { value: stored } = definition;
  const revisions = useResource(stored ? `revisions ${stored.id} ${stored.etag}` : null, async (signal) => {
    const params = { path: { ref: String(stored!.id) } };
    return (await api.GET('/api/process_definition/{ref}/revisions/', { params, signal })).data as unknown as Revisions;
  });
  return (
    <>
      <DefinitionHead reference={reference} stored={stored} current="history" />
      {stored ? (
        <Loaded resource={revisions}>{(value) => <History stored={stored} revisions={value} hash={hash} />}</Loaded>
      ) : (
        <Loaded resource={definition}>{() => null}</Loaded>
      )}
    </>
  );
}

/** Behind #: `3`, what version 3 has changed; `3-now`, what has changed since then. */
function History({ stored, revisions: { objects, truncated }, hash }: { stored: StoredDefinition; revisions: Revisions; hash: string }) {
  const who = useWho();
  const [number, since] = hash.split('-');
  const at = Math.max(
    0,
    objects.findIndex(({ revision }) => String(revision) === number),
  );
  const shown = objects[at];
  const former = objects[at + 1];
  const isSince = since === 'now' && at > 0;
  return (
    <div class="history">
      <nav aria-label="Versions">
        <ol class="rows">
          {objects.map((one, index) => (
            <li key={one.revision}>
              <a data-row href={`#${one.revision}`} aria-current={index === at ? 'true' : undefined}>
                <strong class="number">{one.revision}</strong>
                <Ago at={one.created_at} />
                <span class="muted changed">{index === 0 ? 'now' : ''}</span>
              </a>
            </li>
          ))}
        </ol>
        {truncated && <p class="small muted">Older versions are large, and are not listed.</p>}
      </nav>
      <section aria-label={`Version ${shown.revision}`}>
        <div class="actions">
          <h2>Version {shown.revision}</h2>
          {at > 0 && (
            <a href={isSince ? `#${shown.revision}` : `#${shown.revision}-now`}>{isSince ? 'What it changed' : 'What has changed since'}</a>
          )}
          {at > 0 && mayChange(who, stored) && <Restore id={stored.id} revision={shown.revision} />}
        </div>
        {isSince && <DefinitionDiff label="What has changed since" before={shown.definition} after={objects[0].definition} />}
        {!isSince && former && <DefinitionDiff label="What this version changed" before={former.definition} after={shown.definition} />}
        {!isSince && !former && <pre>{jsonText(shown.definition)}</pre>}
      </section>
    </div>
  );
}
