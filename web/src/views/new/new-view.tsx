// New program: from a pasted line or a dropped script to a form that works, and then to a definition.
import { useEffect, useMemo, useState } from 'preact/hooks';
import { isAuthor, useWho } from '../../frame/who.js';
import { AuthorsOnly } from '../../parts/authors-only.js';
import type { Program } from '../../parts/form/fields.js';
import { Segmented } from '../../parts/form/segmented.js';
import { useChecked } from '../../parts/json-editor/checked.js';
import { FaultList } from '../../parts/json-editor/fault-list.js';
import { type Fault, JsonEditor } from '../../parts/json-editor/json-editor.js';
import { jsonText } from '../../parts/json-text.js';
import { Lazy } from '../../parts/lazy.js';
import { fromDefinition } from './from-definition.js';
import { guess } from './guess.js';
import type { Draft } from './parts.js';
import { SaveForm } from './save-form.js';
import { contentOf, draftOfScript } from './script.js';
import { SourceField } from './source-field.js';
import { toDefinition } from './to-definition.js';
import { useTrial } from './trial.js';
import { Words } from './words.js';
import './new.css';

const forms = [
  { id: 'words', label: 'Words' },
  { id: 'json', label: 'JSON' },
];

/** Not needed to type a line. */
const loadForm = async () => (await import('./try-form.js')).TryForm;

export function NewView() {
  useEffect(() => {
    document.title = 'New program · procreg';
  }, []);
  if (isAuthor(useWho())) return <NewProgram />;
  return <AuthorsOnly />;
}

function NewProgram() {
  const [line, setLine] = useState('');
  const [draft, change] = useState<Draft | null>(null);
  const [notes, note] = useState<string[]>([]);
  const [form, show] = useState('words');
  const [text, write] = useState('');
  const trial = useTrial();
  const definition = useMemo(() => (draft ? toDefinition(draft) : null), [draft]);
  const checked = useChecked(form === 'json' ? text : jsonText(definition));

  const paste = (pasted: string) => {
    setLine(pasted);
    const { draft: guessed, notes: said, fault } = guess(pasted);
    note(fault ? [`${fault.charAt(0).toUpperCase()}${fault.slice(1)}.`] : said);
    take(guessed.parts.length > 0 ? { ...guessed, more: draft?.more ?? {} } : null);
  };
  const take = (next: Draft | null) => {
    change(next);
    if (next) write(jsonText(toDefinition(next)));
  };
  const takeFiles = async ([first, ...others]: File[]) => {
    const files = Object.fromEntries(
      await Promise.all([first, ...others].map(async (file) => [file.name, await contentOf(file)] as const)),
    );
    const isNamed = draft?.parts.some((part) => [first.name, `./${first.name}`].includes(part.text));
    const base = draft && isNamed ? draft : draftOfScript(first.name, files[first.name]);
    note([]);
    take({ ...base, files: { ...base.files, ...files } });
  };
  const writeJson = (written: string) => {
    write(written);
    const value = readObject(written);
    if (value) change(fromDefinition(value));
  };
  const isSound = checked.value !== null && !checked.faults.some(({ isWarning }) => !isWarning);
  return (
    <div class="new">
      <div class="view-head">
        <h1>New program</h1>
        {(draft || form === 'json') && <Segmented name="form" label="Show it as" options={forms} value={form} change={show} />}
        {!draft && form === 'words' && (
          <button type="button" class="link" onClick={() => show('json')}>
            Write JSON instead
          </button>
        )}
      </div>
      <div class="step">
        {form === 'words' ? (
          <>
            <SourceField line={line} setLine={paste} takeFiles={(files) => void takeFiles(files)} />
            {draft && (
              <section aria-labelledby="changes">
                <h2 id="changes">What changes each time?</h2>
                <p class="muted">Click a word that somebody will fill in.</p>
                <Words draft={draft} change={take} />
              </section>
            )}
          </>
        ) : (
          <JsonEditor label="The definition as JSON" text={text || '{\n  "exec": ""\n}'} change={writeJson} faults={checked.faults} />
        )}
        <Remarks notes={form === 'words' ? notes : []} faults={draft || text ? checked.faults : []} />
      </div>
      {definition && (
        <>
          <section aria-labelledby="form">
            <h2 id="form">The form</h2>
            <Lazy load={loadForm} props={{ program: definition as Program, trial, isSound }} />
          </section>
          <SaveForm draft={draft!} change={take} trial={trial} isSound={isSound} />
        </>
      )}
    </div>
  );
}

function Remarks({ notes, faults }: { notes: string[]; faults: Fault[] }) {
  return (
    <div role="status">
      {notes.map((text) => (
        <p class="notice" key={text}>
          {text}
        </p>
      ))}
      <FaultList faults={faults} />
    </div>
  );
}

function readObject(text: string): Record<string, unknown> | null {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
