// Nothing is stored yet: what this place is for, and examples that one click stores and opens.
import { useState } from 'preact/hooks';
import { ApiError, api, type Schemas } from '../../api/client.js';
import { isAuthor, useWho } from '../../frame/who.js';
import { BusyLine } from '../../parts/busy-line.js';
import { Empty } from '../../parts/empty.js';
import { Problem } from '../../parts/problem.js';
import { useResource } from '../../parts/resource.js';
import { href, navigate } from '../../router.js';
import { type Example, examples } from './examples.js';

type Offered = Example & { exec: string };

export function EmptyRegistry() {
  const mayStore = isAuthor(useWho());
  if (mayStore) return <FirstProgram />;
  return (
    <Empty title="No program is here for you yet">
      <p>This page runs programs that somebody has stored. Ask an author to share one; it then appears here by itself.</p>
    </Empty>
  );
}

function FirstProgram() {
  const { value: offered = [] } = useResource('examples', offeredExamples);
  const [error, fail] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const add = async (example: Offered) => {
    setBusy(true);
    fail(undefined);
    await open(example).catch(fail);
    setBusy(false);
  };
  return (
    <>
      <Empty title="Store a program, and it becomes a form">
        <p>Anything that works in your terminal works here: fill in a form, watch it work, keep the result.</p>
        <a class="button" href={href('new')}>
          New program
        </a>
      </Empty>
      {isBusy && <BusyLine />}
      {error !== undefined && <Problem error={error} />}
      {offered.length > 0 && (
        <>
          <h3 id="examples">Or begin with one of these</h3>
          <ul class="rows examples" aria-labelledby="examples">
            {offered.map((example) => (
              <li key={example.name}>
                <button type="button" data-row class="example" disabled={isBusy} onClick={() => add(example)}>
                  <strong>{example.name}</strong>
                  <span class="muted about">{example.description}</span>
                  <span class="example-does">{example.runsAtOnce ? 'Add and run' : 'Add and open'}</span>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

/** Those whose program the server can start. */
async function offeredExamples(signal: AbortSignal): Promise<Offered[]> {
  const found = await Promise.all(
    examples.map(async (example) => {
      for (const exec of example.programs) if (await canStart(exec, signal)) return { ...example, exec };
      return null;
    }),
  );
  return found.filter((example) => example !== null);
}

async function canStart(exec: string, signal: AbortSignal): Promise<boolean> {
  const { data } = await api.POST('/api/process_definition/validate/', { body: { definition: { exec } }, signal });
  return !data!.warnings.some(({ path }) => path === 'exec');
}

async function open({ name, description, exec, definition, message, runsAtOnce }: Offered): Promise<void> {
  const content = { name, description, exec, ...definition } as Schemas['DefinitionBody']['definition'];
  await store(name, content);
  if (!runsAtOnce) return navigate(`definitions/${name}${message ? `#message=${encodeURIComponent(message)}` : ''}`);
  const { data } = await api.POST('/api/run/', { body: { definition: name } as never });
  navigate(`runs/${(data as unknown as Schemas['RunBody']).id}`);
}

/** One that is there already, since somebody was faster, is as good. */
async function store(name: string, definition: Schemas['DefinitionBody']['definition']): Promise<void> {
  const params = { path: { ref: name }, header: { 'If-None-Match': '*' } };
  await api.PUT('/api/process_definition/{ref}/', { params, body: { definition } }).catch((error) => {
    if (!(error instanceof ApiError && error.status === 412)) throw error;
  });
}
