// The form of a definition and its result, and nothing else: for a frame in another page.
import { useEffect, useState } from 'preact/hooks';
import { type StoredDefinition, useDefinition } from '../../parts/definition.js';
import { isService, type Program } from '../../parts/form/fields.js';
import { Loaded } from '../../parts/loaded.js';
import { Toasts } from '../../parts/toasts.js';
import type { ViewProps } from '../../views.js';
import { EmbeddedResult } from './embedded-result.js';
import { FilledForm } from './filled-form.js';
import { Sent } from './sent.js';
import type { Started } from './start-runs.js';

export function EmbedView({ parts: [reference = ''], query, hash }: ViewProps) {
  const stored = useDefinition(reference);
  const [started, begin] = useState<Started[]>([]);
  const { name, description } = stored.value?.definition ?? {};
  useEffect(() => {
    document.title = name ?? reference;
  }, [name, reference]);
  return (
    <main id="main" class="embed">
      <h1>{name ?? reference}</h1>
      {description && <p class="muted">{description}</p>}
      <Loaded resource={stored}>
        {(value) => (
          <>
            <FilledForm stored={value} query={query} hash={hash} isBare started={begin} />
            <Results stored={value} started={started} />
          </>
        )}
      </Loaded>
      <Toasts />
    </main>
  );
}

function Results({ stored, started }: { stored: StoredDefinition; started: Started[] }) {
  if (isService(stored.definition as Program)) return started.length > 0 ? <Sent sent={started} /> : null;
  return (
    <div aria-live="polite">
      {started.map(({ run }) => (
        <EmbeddedResult key={run} id={run} />
      ))}
    </div>
  );
}
