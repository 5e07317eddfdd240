// What one does with a definition as a whole: share it, copy it, delete it.
import { useState } from 'preact/hooks';
import { ApiError, api, type Schemas } from '../api/client.js';
import { isAuthor, useWho } from '../frame/who.js';
import { navigate } from '../router.js';
import { type DefinitionContent, mayChange, type StoredDefinition } from './definition.js';
import { Confirm } from './dialog.js';
import { counted } from './format.js';
import { Menu } from './menu.js';
import { sentence } from './problem.js';
import { toast } from './toasts.js';

type Sent = Schemas['DefinitionBody']['definition'];

export function DefinitionMenu({ stored }: { stored: StoredDefinition }) {
  const who = useWho();
  const [question, ask] = useState<string | null>(null);
  if (!isAuthor(who)) return null;
  const isShared = stored.definition.visibility === 'shared';
  const title = stored.definition.name ?? `#${stored.id}`;
  const attempt = (work: Promise<unknown>) => void work.catch((error) => toast(sentence(String(error.message))));
  return (
    <>
      <Menu label="⋯" name={`More about ${title}`}>
        {mayChange(who, stored) && (
          <button type="button" onClick={() => attempt(share(stored, !isShared, title))}>
            {isShared ? 'Make private' : 'Share with everyone here'}
          </button>
        )}
        <button type="button" onClick={() => attempt(duplicate(stored, mayChange(who, stored)))}>
          Duplicate
        </button>
        {mayChange(who, stored) && (
          <button type="button" onClick={() => attempt(deleteQuestion(stored, title).then(ask))}>
            Delete…
          </button>
        )}
      </Menu>
      {question && <Confirm question={question} verb="Delete" confirm={() => attempt(remove(stored, title))} close={() => ask(null)} />}
    </>
  );
}

const paramsOf = ({ id, etag }: StoredDefinition) => ({ path: { ref: String(id) }, header: { 'If-Match': etag } });

async function share(stored: StoredDefinition, shall: boolean, title: string): Promise<void> {
  const { visibility: _former, ...others } = stored.definition;
  const definition = { ...others, ...(shall && { visibility: 'shared' }) } as Sent;
  await api.PUT('/api/process_definition/{ref}/', { params: paramsOf(stored), body: { definition } });
  toast(shall ? `Everyone here may run ${title} now.` : `Only you may run ${title} now.`);
}

async function deleteQuestion({ id }: StoredDefinition, title: string): Promise<string> {
  const { data } = await api.GET('/api/run/', { params: { query: { definition: String(id), limit: '1' } } });
  const runs = Number(data!.meta.total_count);
  return runs === 0 ? `Delete ${title}?` : `Delete ${title} and keep its ${counted(runs, 'run')}?`;
}

async function remove(stored: StoredDefinition, title: string): Promise<void> {
  await api.DELETE('/api/process_definition/{ref}/', { params: paramsOf(stored) });
  navigate('definitions');
  toast(`${title} is deleted.`);
}

/** The values of another user's environment are not known. */
async function duplicate({ definition, id }: StoredDefinition, isWhole: boolean): Promise<void> {
  const { visibility: _private, environment, ...others } = definition;
  const copy = { ...others, ...(isWhole && environment !== undefined && { environment }) };
  const name = await storeCopy(copy, `${(definition.name ?? `copy-of-${id}`).slice(0, 120)}`);
  navigate(`definitions/${encodeURIComponent(name)}/edit`);
  toast(
    isWhole || environment === undefined ? `${name} is a copy, and yours.` : `${name} is a copy, without the values of its environment.`,
  );
}

async function storeCopy(copy: Omit<DefinitionContent, 'exec'>, base: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? `${base}-copy` : `${base}-copy-${number}`;
    const params = { path: { ref: name }, header: { 'If-None-Match': '*' } };
    try {
      await api.PUT('/api/process_definition/{ref}/', { params, body: { definition: { ...copy, name } as Sent } });
      return name;
    } catch (error) {
      const isTaken = error instanceof ApiError && [409, 412].includes(error.status);
      if (!isTaken || number === 20) throw error;
    }
  }
}
