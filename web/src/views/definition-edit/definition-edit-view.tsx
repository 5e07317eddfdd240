// The tab Edit of a definition: its JSON, checked while it is written, and saved only over the version that one has seen.
import { useDefinition } from '../../parts/definition.js';
import { DefinitionHead } from '../../parts/definition-head.js';
import { Loaded } from '../../parts/loaded.js';
import type { ViewProps } from '../../views.js';
import { EditForm } from './edit-form.js';

export function DefinitionEditView({ parts: [reference] }: ViewProps) {
  const definition = useDefinition(reference);
  return (
    <>
      <DefinitionHead reference={reference} stored={definition.value} current="edit" />
      <Loaded resource={definition}>{(stored) => <EditForm key={stored.id} stored={stored} />}</Loaded>
    </>
  );
}
