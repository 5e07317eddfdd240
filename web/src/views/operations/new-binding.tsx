// Binds a program to a stream.
import { useState } from 'preact/hooks';
import { api } from '../../api/client.js';
import { Dialog } from '../../parts/dialog.js';
import { Problem } from '../../parts/problem.js';
import { useResource } from '../../parts/resource.js';

interface NewBindingProps {
  buses: string[];
  close(): void;
  made(): void;
}

export function NewBinding({ buses, close, made }: NewBindingProps) {
  const [error, fail] = useState<unknown>();
  const names = useResource('names of definitions', async (signal) => {
    const { data } = await api.GET('/api/process_definition/', { params: { query: { limit: '1000', order_by: 'name' } }, signal });
    return data!.objects.map(({ definition, id }) => String(definition.name ?? id));
  });
  const bind = async (event: SubmitEvent) => {
    event.preventDefault();
    try {
      await api.POST('/api/binding/', { body: bodyOf(new FormData(event.currentTarget as HTMLFormElement)) });
      made();
      close();
    } catch (cause) {
      fail(cause);
    }
  };
  return (
    <Dialog title="Bind a program" close={close}>
      <form class="fields" onSubmit={bind}>
        <label>
          Messages of the stream
          <input name="input" required pattern="[A-Za-z0-9._\-]+" maxLength={100} autocapitalize="none" />
        </label>
        <label>
          run the program
          <input name="definition" required list="definition-names" autocapitalize="none" />
        </label>
        <datalist id="definition-names">
          {names.value?.map((name) => (
            <option value={name} key={name} />
          ))}
        </datalist>
        <label>
          and its output goes to the stream
          <input name="output" placeholder="nowhere" pattern="[A-Za-z0-9._\-]+" maxLength={100} autocapitalize="none" />
        </label>
        {buses.length > 1 && (
          <label>
            on the bus
            <select name="bus">
              {buses.map((bus) => (
                <option key={bus}>{bus}</option>
              ))}
            </select>
          </label>
        )}
        <div class="pair">
          <label>
            At once
            <input type="number" name="concurrency" min="1" max="1000" defaultValue="1" required />
          </label>
          <label>
            Tries
            <input type="number" name="max_tries" min="1" max="100" defaultValue="3" required />
          </label>
        </div>
        {error !== undefined && <Problem error={error} />}
        <div class="actions">
          <button type="submit">Bind</button>
          <button type="button" class="quiet" onClick={close}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function bodyOf(fields: FormData) {
  const text = (name: string) => String(fields.get(name) ?? '');
  const bus = (text('bus') || undefined) as 'memory' | 'amqp' | undefined;
  return {
    definition: text('definition'),
    input: { bus, stream: text('input') },
    output: text('output') === '' ? null : { bus, stream: text('output') },
    concurrency: Number(text('concurrency')),
    max_tries: Number(text('max_tries')),
  };
}
