// Sends a message to a stream: a text or a file.
import { useState } from 'preact/hooks';
import { request } from '../../api/client.js';
import { bytes } from '../../parts/format.js';
import { Problem } from '../../parts/problem.js';
import { streamPath } from './followed-stream.js';

export function PublishForm({ name, bus }: { name: string; bus?: string }) {
  const [told, tell] = useState('');
  const [error, fail] = useState<unknown>();
  const publish = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const fields = new FormData(form);
    fail(undefined);
    try {
      const sent = await (await request(streamPath(name, bus), messageOf(fields))).json();
      tell(`Published ${bytes(sent.bytes)}.`);
      (form.elements.namedItem('file') as HTMLInputElement).value = '';
    } catch (cause) {
      tell('');
      fail(cause);
    }
  };
  return (
    <form class="publish" onSubmit={publish}>
      <h2>Publish</h2>
      <label>
        Message
        <textarea name="text" class="mono" rows={5} spellcheck={false} />
      </label>
      <label>
        Or a file
        <input type="file" name="file" />
      </label>
      <label>
        Type
        <input name="type" list="message-types" placeholder="text/plain, or that of the file" autocapitalize="none" spellcheck={false} />
      </label>
      <datalist id="message-types">
        <option value="text/plain" />
        <option value="application/json" />
        <option value="application/octet-stream" />
      </datalist>
      <div class="actions">
        <button type="submit">Publish</button>
        <span role="status" class="muted">
          {told}
        </span>
      </div>
      {error !== undefined && <Problem error={error} />}
    </form>
  );
}

/** A file that was chosen goes before the text. */
function messageOf(fields: FormData): RequestInit {
  const file = fields.get('file') as File;
  const isFile = file.name !== '';
  const type = String(fields.get('type')).trim() || (isFile ? file.type || 'application/octet-stream' : 'text/plain; charset=utf-8');
  return { method: 'POST', headers: { 'Content-Type': type }, body: isFile ? file : String(fields.get('text')) };
}
