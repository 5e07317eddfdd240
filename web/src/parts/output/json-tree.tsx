// JSON as a tree that opens and closes; the path of each value can be copied.
import { useState } from 'preact/hooks';
import { CopyButton } from '../copy-button.js';

interface NodeProps {
  name: string | null;
  value: unknown;
  path: string;
  depth: number;
}

/** So many values of one list or object are shown at once. */
const pageValues = 200;

export function JsonTree({ value }: { value: unknown }) {
  return (
    <div class="json mono">
      <Node name={null} value={value} path="$" depth={0} />
    </div>
  );
}

function Node(node: NodeProps) {
  const { name, value } = node;
  if (typeof value === 'object' && value !== null) return <Inner {...node} value={value} />;
  return (
    <div class="json-line">
      {name !== null && <span class="json-name">{name}: </span>}
      <span data-kind={typeof value}>{JSON.stringify(value)}</span>
      <CopyButton label="path" text={node.path} />
    </div>
  );
}

function Inner({ name, value, path, depth }: NodeProps & { value: object }) {
  const [isOpen, open] = useState(depth < 2);
  const [shown, showMore] = useState(pageValues);
  const isList = Array.isArray(value);
  const entries = Object.entries(value);
  const rest = entries.length - shown;
  return (
    <details open={isOpen} onToggle={({ currentTarget }) => open(currentTarget.open)}>
      <summary class="json-line">
        {name !== null && <span class="json-name">{name}: </span>}
        <span class="muted">{isList ? `[${entries.length}]` : `{${entries.length}}`}</span>
        <CopyButton label="path" text={path} />
      </summary>
      {isOpen &&
        entries
          .slice(0, shown)
          .map(([key, one]) => <Node key={key} name={key} value={one} path={path + step(key, isList)} depth={depth + 1} />)}
      {isOpen && rest > 0 && (
        <button type="button" class="link" onClick={() => showMore(shown + pageValues)}>
          {rest.toLocaleString('en')} more
        </button>
      )}
    </details>
  );
}

function step(key: string, isList: boolean): string {
  if (isList) return `[${key}]`;
  return /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
