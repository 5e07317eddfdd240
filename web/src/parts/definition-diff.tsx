// What two versions of a definition differ in.
import { jsonText } from './json-text.js';
import { lineDiff } from './line-diff.js';

interface DiffProps {
  label: string;
  before: object;
  after: object;
}

const signs = { same: ' ', removed: '−', added: '+', gap: ' ' };

export function DefinitionDiff({ label, before, after }: DiffProps) {
  const lines = lineDiff(readable(before), readable(after));
  if (lines.length === 0) return <p class="muted">No difference.</p>;
  return (
    <section class="diff" aria-label={label}>
      {lines.map(({ kind, text }, at) => (
        <div key={at} data-kind={kind}>
          <span class="diff-sign" aria-hidden="true">
            {signs[kind]}
          </span>
          {(kind === 'removed' || kind === 'added') && <span class="off-screen">{kind}: </span>}
          {text}
        </div>
      ))}
    </section>
  );
}

/** As JSON, but the texts of files with lines of their own. */
function readable(definition: object): string {
  const { files, ...others } = definition as { files?: Record<string, unknown> };
  const texts = Object.entries(files ?? {}).map(([path, content]) =>
    [`── ${path}`, typeof content === 'string' ? content : JSON.stringify(content)].join('\n'),
  );
  return [jsonText(others), ...texts].join('\n');
}
