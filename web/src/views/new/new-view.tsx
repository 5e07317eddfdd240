// New program: from a pasted line or a dropped script to a form that works, and then to a definition.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { isAuthor, useWho } from '../../frame/who.js';
import { useAction } from '../../parts/action.js';
import { AuthorsOnly } from '../../parts/authors-only.js';
import type { Program } from '../../parts/form/fields.js';
import { Segmented } from '../../parts/form/segmented.js';
import { useChecked } from '../../parts/json-editor/checked.js';
import { FaultList } from '../../parts/json-editor/fault-list.js';
import { type Fault, JsonEditor } from '../../parts/json-editor/json-editor.js';
import { jsonText } from '../../parts/json-text.js';
import { Lazy } from '../../parts/lazy.js';
import { sentence } from '../../parts/problem.js';
import { fromDefinition } from './from-definition.js';
import { guess } from './guess.js';
import type { Draft } from './parts.js';
import { contentOf, readScript } from './read-script.js';
import { SaveForm } from './save-form.js';
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
  const { features } = useWho();
  const reading = useAction();
  /** What was pasted or dropped last: an answer about anything earlier comes too late. */
  const source = useRef<unknown>(null);
  const definition = useMemo(() => (draft ? toDefinition(draft) : null), [draft]);
  const checked = useChecked(form === 'json' ? text : jsonText(definition));

  const paste = (pasted: string) => {
    // what a script says of itself is not said of a line
    const isOfScript = line === '' && draft !== null && Object.keys(draft.files).length > 0;
    setLine(pasted);
    const { draft: guessed, notes: said, fault } = guess(pasted);
    source.current = pasted;
    note(fault ? [sentence(fault)] : said);
    take(guessed.parts.length > 0 ? { ...guessed, more: (!isOfScript && draft?.more) || {} } : null);
  };
  const take = (next: Draft | null) => {
    change(next);
    if (next) write(jsonText(toDefinition(next)));
  };
  const takeFiles = async (dropped: File[]) => {
    source.current = dropped;
    const files = Object.fromEntries(await Promise.all(dropped.map(async (file) => [file.name, await contentOf(file)] as const)));
    const [{ name }] = dropped;
    if (line !== '' && draft?.parts.some((part) => [name, `./${name}`].includes(part.text))) {
      note([]);
      return take({ ...draft, files: { ...draft.files, ...files } });
    }
    const { draft: read, notes: said } = await readScript(name, files[name], features);
    if (source.current !== dropped) return;
    setLine('');
    note(said.map(sentence));
    take({ ...read, files: { ...files, ...read.files } });
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
            <SourceField line={line} setLine={paste} takeFiles={(files) => void reading.run(() => takeFiles(files))} />
            {reading.problem}
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
