// What has come out of a run; or why nothing has, and what to do.
import { request } from '../../api/client.js';
import type { Action } from '../../parts/action.js';
import { withoutSequences } from '../../parts/log/escape-sequences.js';
import { Shown } from '../../parts/output/shown.js';
import { sentence } from '../../parts/problem.js';
import { useResource } from '../../parts/resource.js';
import { href, navigate } from '../../router.js';
import { endSentence } from './end-sentence.js';
import { type Run, shortId } from './run-access.js';
import { repeatRun } from './run-requests.js';

const tailLines = 20;
const tailBytes = 8192;

export function OutputTab({ run, action }: { run: Run; action: Action }) {
  return (
    <>
      {!run.success && <BadEnd run={run} action={action} />}
      <Output run={run} />
    </>
  );
}

function Output({ run: { id, output, success, definition_name } }: { run: Run }) {
  if (!output) return success ? <p class="muted">This program has no output but its log and its files.</p> : null;
  if (!success && output.bytes === 0) return null;
  const { uri, content_type, bytes, note } = output;
  return (
    <>
      {!success && <h2 class="left-before">What it wrote before</h2>}
      {note && <p class="muted small">{sentence(note)}</p>}
      <Shown
        path={uri}
        contentType={content_type}
        bytes={bytes}
        name={`${definition_name ?? 'output'}-${shortId(id)}${extensions[content_type.split(';')[0]] ?? ''}`}
      />
      {content_type === 'application/zip' && (
        <p>
          It is a folder of <a href="#files">files</a>, packed.
        </p>
      )}
    </>
  );
}

/** Of the names that downloads get. */
const extensions: Record<string, string> = {
  'text/plain': '.txt',
  'text/csv': '.csv',
  'text/html': '.html',
  'application/json': '.json',
  'application/pdf': '.pdf',
  'application/zip': '.zip',
  'image/png': '.png',
  'image/jpeg': '.jpg',
  'image/svg+xml': '.svg',
  'audio/mpeg': '.mp3',
  'audio/wav': '.wav',
  'video/mp4': '.mp4',
};

function BadEnd({ run, action }: { run: Run; action: Action }) {
  const { value: tail } = useResource(`stderr ${run.id} ${run.attempt}`, (signal) => endOfErrors(run, signal));
  const isStopped = run.end_reason === 'stop' || run.end_reason === 'cancelled';
  return (
    <div class="problem bad-end" data-stopped={isStopped || undefined}>
      <strong>{endSentence(run)}.</strong>
      {run.error && run.end_reason !== 'exit' && <p>{sentence(run.error)}</p>}
      {tail && <pre class="shown-text">{tail}</pre>}
      {tail === '' && !isStopped && <p class="muted">It wrote nothing to stderr.</p>}
      <div class="actions">
        <button
          type="button"
          disabled={action.isBusy}
          onClick={() => void action.run(async () => navigate(`runs/${await repeatRun(run)}`))}
        >
          Run again
        </button>
        {run.definition && (
          <a class="button quiet" href={href('definitions', run.definition.split('/').at(-2) as string, 'edit')}>
            Edit the definition
          </a>
        )}
        <a class="button quiet" href="#log">
          Show the whole log
        </a>
      </div>
    </div>
  );
}

/** The last lines of stderr; asked for only where there are some, since a range of nothing is an error. */
async function endOfErrors({ resource_uri }: Run, signal: AbortSignal): Promise<string> {
  const path = `${resource_uri}stderr/`;
  const { headers } = await request(path, { method: 'HEAD', signal });
  const all = Number(headers.get('Content-Length'));
  if (!all) return '';
  const part = await request(path, { headers: all > tailBytes ? { Range: `bytes=-${tailBytes}` } : undefined, signal });
  const lines = withoutSequences((await part.text()).trimEnd()).split('\n');
  return lines.slice(-tailLines).join('\n');
}
