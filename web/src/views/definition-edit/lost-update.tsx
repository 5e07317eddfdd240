// Somebody else has saved meanwhile: what differs, and the choice between the two.

import type { StoredDefinition } from '../../parts/definition.js';
import { DefinitionDiff } from '../../parts/definition-diff.js';

interface LostUpdateProps {
  theirs: StoredDefinition;
  /** Null: what is written is not JSON now. */
  yours: Record<string, unknown> | null;
  take(): void;
  overwrite(): void;
}

export function LostUpdate({ theirs, yours, take, overwrite }: LostUpdateProps) {
  return (
    <section class="problem" role="alert">
      <strong>Somebody else has changed this meanwhile</strong>
      <p>Nothing of yours is lost, and nothing is saved yet. From their version to yours:</p>
      {yours && <DefinitionDiff label="From their version to yours" before={theirs.definition} after={yours} />}
      <div class="actions">
        <button type="button" class="quiet" onClick={take}>
          Take theirs
        </button>
        <button type="button" class="danger" disabled={!yours} onClick={overwrite}>
          Overwrite with yours
        </button>
      </div>
    </section>
  );
}
