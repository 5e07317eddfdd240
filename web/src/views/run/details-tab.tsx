// All that is recorded of a run.
import type { ComponentChildren } from 'preact';
import { basePath } from '../../api/base.js';
import { CopyButton } from '../../parts/copy-button.js';
import { bytes, duration, exact } from '../../parts/format.js';
import { JsonTree } from '../../parts/output/json-tree.js';
import { sentence } from '../../parts/problem.js';
import { href } from '../../router.js';
import { endSentence } from './end-sentence.js';
import { type Run, shortId } from './run-access.js';

export function DetailsTab({ run }: { run: Run }) {
  const command = [run.exec, ...run.argv].map(shellWord).join(' ');
  const address = `${location.origin}${basePath}${run.resource_uri}`;
  return (
    <>
      <dl class="facts">
        {rowsOf(run).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        <Copied name="Command" text={command} />
        <Copied name="As curl" text={`curl -u USER ${shellWord(address)}`} />
        <Copied name="As procreg" text={`procreg show ${run.id}`} />
      </dl>
      {Object.keys(run.parameters).length > 0 && (
        <section aria-label="Parameters">
          <h2>Parameters</h2>
          <JsonTree value={run.parameters} />
        </section>
      )}
      <details class="record">
        <summary>The record as JSON</summary>
        <CopyButton text={() => JSON.stringify(run, null, 2)} />
        <pre class="shown-text">{JSON.stringify(run, null, 2)}</pre>
      </details>
    </>
  );
}

function Copied({ name, text }: { name: string; text: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <code>{text}</code> <CopyButton text={text} />
      </dd>
    </div>
  );
}

type Row = [name: string, value: ComponentChildren];

function rowsOf(run: Run): Row[] {
  const number = run.definition?.split('/').at(-2);
  const rows: Row[] = [
    ['End', run.end_reason && `${endSentence(run)}.`],
    ['Error', run.error && sentence(run.error)],
    ['Started by', run.owner ?? 'a user who was removed'],
    ['By', run.trigger.type !== 'http' && byOf(run)],
    ['Repeats', run.rerun_of && <a href={href('runs', run.rerun_of)}>#{shortId(run.rerun_of)}</a>],
    ['Revision', number && run.revision !== null && <a href={href('definitions', number, 'history')}>{run.revision}</a>],
    ['Created', exact(Date.parse(run.created_at))],
    ['Waited', run.queued_ms !== null && duration(run.queued_ms)],
    ['Started', run.started_at && exact(Date.parse(run.started_at))],
    ['Ended', run.finished_at && exact(Date.parse(run.finished_at))],
    ['Took', run.duration_ms !== null && duration(run.duration_ms)],
    ['Processor time', run.usage.cpu_ms !== null && duration(run.usage.cpu_ms)],
    ['Memory at most', run.usage.max_rss_bytes !== null && bytes(run.usage.max_rss_bytes)],
    ['Isolation', run.isolation],
    ['Attempt', run.attempt > 1 && run.attempt],
    ['Lane', `${run.lane}, priority ${run.priority}`],
    ['Process', run.state !== 'finished' && run.pid],
    ['Output', run.output && `${bytes(run.output.bytes)}, ${run.output.content_type}`],
    ['SHA-256', run.output?.sha256 && <code>{run.output.sha256}</code>],
    ['Input kept', run.input_bytes === null ? 'no' : run.input_bytes > 0 && bytes(run.input_bytes)],
    ['Id', <code>{run.id}</code>],
  ];
  return rows.filter(([, value]) => value !== null && value !== false && value !== undefined && value !== '');
}

function byOf({ trigger: { type, binding, message_id } }: Run): string {
  if (type === 'command') return 'a request with its own command';
  if (type === 'selftest') return 'a test of the examples';
  return `the message ${message_id ?? 'without id'} of binding ${binding}`;
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
