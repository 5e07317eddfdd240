// The runs of one definition.

import { useDefinition } from '../../parts/definition.js';
import { DefinitionHead } from '../../parts/definition-head.js';
import { Empty } from '../../parts/empty.js';
import { Loaded } from '../../parts/loaded.js';
import { RunList } from '../../parts/run-list.js';
import { href } from '../../router.js';
import type { ViewProps } from '../../views.js';

export function DefinitionRunsView({ parts: [reference], hash }: ViewProps) {
  const stored = useDefinition(reference);
  const after = new URLSearchParams(hash).get('after') ?? undefined;
  return (
    <>
      <DefinitionHead reference={reference} stored={stored.value} current="runs" />
      <Loaded resource={stored}>
        {({ id }) => (
          <RunList
            filter={{ definition: String(id) }}
            isOfOne
            after={after}
            pageHref={(last) => `${href('definitions', reference, 'runs')}${last === null ? '' : `#after=${last}`}`}
            empty={
              <Empty title="Nothing has run yet">
                <a class="button" href={href('definitions', reference)}>
                  Fill in the form
                </a>
              </Empty>
            }
          />
        )}
      </Loaded>
    </>
  );
}
