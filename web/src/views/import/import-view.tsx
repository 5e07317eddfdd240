// What people have elsewhere becomes definitions: files are dropped, looked at item by item, and stored when they are wanted.
import { useEffect, useState } from 'preact/hooks';
import { api, type Schemas } from '../../api/client.js';
import { isAuthor, useWho } from '../../frame/who.js';
import { useAction } from '../../parts/action.js';
import { AuthorsOnly } from '../../parts/authors-only.js';
import { useDrop } from '../../parts/form/drop-zone.js';
import { Segmented } from '../../parts/form/segmented.js';
import { counted } from '../../parts/format.js';
import { ImportedItems } from './imported-items.js';
import { kindOfFiles, kinds } from './kind-of-files.js';
import './import.css';

type Answer = Schemas['ImportAnswer'];
type Files = Record<string, string>;

export function ImportView() {
  useEffect(() => {
    document.title = 'Import · procreg';
  }, []);
  if (isAuthor(useWho())) return <Import />;
  return <AuthorsOnly />;
}

function Import() {
  const [files, setFiles] = useState<Files>({});
  const [kind, setKind] = useState('scripts');
  const [answer, setAnswer] = useState<Answer | null>(null);
  const { run, isBusy, problem } = useAction();
  const ask = (from: string, texts: Files, query: { apply?: string; replace?: string } = {}) =>
    run(async () => {
      setAnswer(null);
      const { data } = await api.POST('/api/import/{kind}/', { params: { path: { kind: from }, query }, body: { files: texts } });
      setAnswer(data as Answer);
    });
  const take = async (chosen: File[]) => {
    const texts = Object.fromEntries(await Promise.all(chosen.map(async (file) => [file.name, await file.text()] as const)));
    const guessed = kindOfFiles(Object.keys(texts));
    setFiles(texts);
    setKind(guessed);
    await ask(guessed, texts);
  };
  const drop = useDrop((chosen) => void take(chosen));
  const hasFiles = Object.keys(files).length > 0;
  return (
    <div class="import">
      <div class="view-head">
        <h1>Import</h1>
      </div>
      <label class="import-drop" data-over={drop.isOver} {...drop.handlers}>
        <span>
          Drop scripts, a crontab, units or a configuration here, or <u>choose files</u>
        </span>
        <input type="file" multiple onChange={({ currentTarget }) => drop.take(currentTarget.files)} />
      </label>
      {hasFiles && (
        <Segmented
          name="kind"
          label="What the files are"
          options={kinds}
          value={kind}
          change={(id) => {
            setKind(id);
            void ask(id, files);
          }}
        />
      )}
      {problem}
      {answer && <ImportedItems answer={answer} />}
      {answer && (
        <Store answer={answer} isBusy={isBusy} store={(replace) => ask(kind, files, { apply: '1', ...(replace && { replace: '1' }) })} />
      )}
    </div>
  );
}

interface StoreProps {
  answer: Answer;
  isBusy: boolean;
  store(replace: boolean): void;
}

/** Nothing is left to do once all are stored. */
function Store({ answer: { definitions }, isBusy, store }: StoreProps) {
  const sound = definitions.filter(({ faults, result }) => faults.length === 0 && (result === undefined || result === 'skipped'));
  const fresh = sound.filter(({ exists }) => exists === null).length;
  const different = sound.filter(({ exists }) => exists === 'different').length;
  return (
    <div class="actions">
      {fresh > 0 && (
        <button type="button" disabled={isBusy} onClick={() => store(false)}>
          Store {counted(fresh, 'program')}
        </button>
      )}
      {different > 0 && (
        <button type="button" class="quiet" disabled={isBusy} onClick={() => store(true)}>
          {fresh > 0 ? 'Store all, and change' : 'Change'} {counted(different, 'stored program')}
        </button>
      )}
    </div>
  );
}
