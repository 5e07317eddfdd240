// The last step: a name, and the program is there for good.
import { useState } from 'preact/hooks';
import { ApiError } from '../../api/client.js';
import { useKeys } from '../../parts/keys.js';
import { Problem } from '../../parts/problem.js';
import { toast } from '../../parts/toasts.js';
import { navigate } from '../../router.js';
import { suggestedName } from './change-role.js';
import type { Draft } from './parts.js';
import { toDefinition } from './to-definition.js';
import type { Trial } from './trial.js';

interface SaveProps {
  draft: Draft;
  change(draft: Draft): void;
  trial: Trial;
  isSound: boolean;
}

export function SaveForm({ draft, change, trial, isSound }: SaveProps) {
  const [error, fail] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const { name = suggestedName(draft), description = '' } = draft.more as Record<string, string | undefined>;
  const isTaken = error instanceof ApiError && error.code === 'name_taken';
  const say = (more: Record<string, string | undefined>) => {
    fail(undefined);
    change({ ...draft, more: { ...draft.more, ...more } });
  };
  const save = async () => {
    setBusy(true);
    fail(undefined);
    try {
      await trial.save({ ...toDefinition({ ...draft, more: { ...draft.more, name } }) });
      navigate(`definitions/${encodeURIComponent(name)}`);
      toast(`${name} is saved. You alone may run it until you share it.`);
    } catch (cause) {
      fail(cause);
      setBusy(false);
    }
  };
  useKeys({ 'Mod+s': { what: 'Save', run: () => void save() } });
  return (
    <form
      class="save"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <label>
        Name
        <input
          value={name}
          required
          maxLength={128}
          pattern="(?=.*[A-Za-z])[A-Za-z0-9][A-Za-z0-9_.\-]*"
          title="Letters, digits, points, - and _"
          autocapitalize="none"
          spellcheck={false}
          aria-invalid={isTaken}
          onInput={({ currentTarget: { value } }) => say({ name: value })}
        />
      </label>
      <label class="grows">
        What it does
        <input value={description} onInput={({ currentTarget: { value } }) => say({ description: value || undefined })} />
      </label>
      <button type="submit" disabled={isBusy || !isSound}>
        Save as {name || '…'}
      </button>
      {isTaken && (
        <p class="fault" role="alert">
          You have a program called {name} already. Choose another name.
        </p>
      )}
      {error !== undefined && !isTaken && <Problem error={error} />}
    </form>
  );
}
