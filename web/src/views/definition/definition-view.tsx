// A definition: the form is the page.

import { useState } from 'preact/hooks';
import { type StoredDefinition, useDefinition } from '../../parts/definition.js';
import { DefinitionHead } from '../../parts/definition-head.js';
import { isService, type Program } from '../../parts/form/fields.js';
import { Loaded } from '../../parts/loaded.js';
import { navigate } from '../../router.js';
import type { ViewProps } from '../../views.js';
import { FilledForm } from './filled-form.js';
import { RunGroup } from './run-group.js';
import { Sent } from './sent.js';
import type { Started } from './start-runs.js';

export function DefinitionView({ parts: [reference], query, hash }: ViewProps) {
  const stored = useDefinition(reference);
  const [sent, keepSent] = useState<Started[]>([]);
  const show = (all: Started[], { definition }: StoredDefinition) => {
    if (isService(definition as Program)) return keepSent(all);
    const ids = all.map(({ run }) => run);
    navigate(ids.length === 1 ? `runs/${ids[0]}` : `definitions/${encodeURIComponent(reference)}#runs=${ids.join(',')}`);
  };
  const group = new URLSearchParams(hash).get('runs');
  return (
    <>
      <DefinitionHead reference={reference} stored={stored.value} current="run" />
      <Loaded resource={stored}>
        {(value) =>
          group ? (
            <RunGroup definition={value.id} reference={reference} ids={group.split(',')} />
          ) : (
            <>
              <FilledForm stored={value} query={query} hash={hash} started={(all) => show(all, value)} />
              {sent.length > 0 && <Sent sent={sent} />}
            </>
          )
        }
      </Loaded>
    </>
  );
}
