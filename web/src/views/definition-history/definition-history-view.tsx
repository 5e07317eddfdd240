// The tab History of a definition.
import { useDefinition } from '../../parts/definition.js';
import { DefinitionHead } from '../../parts/definition-head.js';
import { Loaded } from '../../parts/loaded.js';
import type { ViewProps } from '../../views.js';

export function DefinitionHistoryView({ parts: [reference] }: ViewProps) {
  const definition = useDefinition(reference);
  return (
    <>
      <DefinitionHead reference={reference} stored={definition.value} current="history" />
      <Loaded resource={definition}>{({ definition: content }) => <pre>{JSON.stringify(content, null, 2)}</pre>}</Loaded>
    </>
  );
}
