// The JSON of a definition in an editor, with what is wrong in it and what happens when somebody else saves first.

import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError, api, type Schemas } from '../../api/client.js';
import { useWho } from '../../frame/who.js';
import { mayChange, readDefinition, referenceOf, type StoredDefinition } from '../../parts/definition.js';
import { faultsOf, useChecked } from '../../parts/json-editor/checked.js';
import { FaultList } from '../../parts/json-editor/fault-list.js';
import { type Fault, JsonEditor } from '../../parts/json-editor/json-editor.js';
import { jsonText } from '../../parts/json-text.js';
import { useKeys } from '../../parts/keys.js';
import { Problem } from '../../parts/problem.js';
import { toast } from '../../parts/toasts.js';
import { navigate } from '../../router.js';
import { LostUpdate } from './lost-update.js';
import './definition-edit.css';

/** What was read when one began to write. */
interface Base {
  text: string;
  etag: string;
}

const baseOf = ({ definition, etag }: StoredDefinition): Base => ({ text: jsonText(definition), etag });

export function EditForm({ stored }: { stored: StoredDefinition }) {
  const who = useWho();
  const [base, setBase] = useState(() => baseOf(stored));
  const [text, write] = useState(base.text);
  const [isSaving, setSaving] = useState(false);
  const [isTested, setTested] = useState(false);
  const [error, fail] = useState<unknown>();
  const lead = useRef<(fault: Fault) => void>(undefined);
  const checked = useChecked(text);
  const isChanged = text !== base.text;
  const isOutdated = !isSaving && stored.etag !== base.etag;
  const take = (version: StoredDefinition) => {
    setBase(baseOf(version));
    write(baseOf(version).text);
  };
  useEffect(() => {
    if (isOutdated && !isChanged) take(stored);
  }, [stored.etag, isOutdated]);
  useLeaveWarning(isChanged);

  const save = async (etag: string) => {
    if (!checked.value || isSaving) return;
    setSaving(true);
    fail(undefined);
    try {
      const query = isTested ? { '-selftest': '1' } : {};
      const params = { path: { ref: String(stored.id) }, query, header: { 'If-Match': etag } };
      await api.PUT('/api/process_definition/{ref}/', {
        params,
        body: { definition: checked.value as Schemas['DefinitionBody']['definition'] },
      });
      const now = await readDefinition(String(stored.id));
      take(now);
      toast(isTested ? 'Saved: all examples have passed.' : 'Saved.');
      navigate(`definitions/${encodeURIComponent(referenceOf(who, now))}/edit`, { replace: true });
    } catch (cause) {
      // the event that tells of the other version may come later than the refusal
      if (!(cause instanceof ApiError && cause.status === 412)) fail(cause);
    }
    setSaving(false);
  };
  useKeys({ 'Mod+s': { what: 'Save', run: () => void save(base.etag) } });

  if (!mayChange(who, stored)) return <pre class="definition-text">{base.text}</pre>;
  const hasExamples = Array.isArray(checked.value?.examples) && checked.value.examples.length > 0;
  const hasFaults = checked.value === null || checked.faults.some(({ isWarning }) => !isWarning);
  return (
    <form
      class="edit-form"
      onSubmit={(event) => {
        event.preventDefault();
        void save(base.etag);
      }}
    >
      {isOutdated && isChanged && (
        <LostUpdate theirs={stored} yours={checked.value} take={() => take(stored)} overwrite={() => void save(stored.etag)} />
      )}
      <JsonEditor label="The definition as JSON" text={text} change={write} faults={checked.faults} ready={(to) => (lead.current = to)} />
      <FaultList faults={checked.faults} lead={(fault) => lead.current?.(fault)} />
      <SaveError error={error} />
      {hasExamples && (
        <label class="tested">
          <input type="checkbox" checked={isTested} onChange={(event) => setTested(event.currentTarget.checked)} />
          Save only if all examples pass
        </label>
      )}
      <div class="actions">
        <button type="submit" disabled={!isChanged || isSaving || hasFaults || isOutdated} aria-busy={isSaving}>
          {isSaving && isTested ? 'Running the examples' : 'Save'}
        </button>
        {isChanged && (
          <button type="button" class="quiet" onClick={() => write(base.text)}>
            Discard changes
          </button>
        )}
      </div>
    </form>
  );
}

function SaveError({ error }: { error: unknown }) {
  if (error === undefined) return null;
  try {
    return <FaultList faults={faultsOf(error)} />;
  } catch {
    return <Problem error={error} />;
  }
}

function useLeaveWarning(isChanged: boolean): void {
  useEffect(() => {
    if (!isChanged) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [isChanged]);
}
