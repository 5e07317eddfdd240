// Text that a program has left: as it is, as a tree of JSON, or as a table.
import { useState } from 'preact/hooks';
import { request } from '../../api/client.js';
import { CopyButton } from '../copy-button.js';
import { bytes } from '../format.js';
import { Loaded } from '../loaded.js';
import { withoutSequences } from '../log/escape-sequences.js';
import { useResource } from '../resource.js';
import { CsvTable } from './csv-table.js';
import { JsonTree } from './json-tree.js';
import type { Left } from './shown.js';

const firstBytes = 256 * 1024;
/** A browser shows no more as one text. */
const mostBytes = 16 * 1024 * 1024;

export function ShownText({ kind, path, bytes: all }: Left & { kind: 'text' | 'json' | 'csv' }) {
  const [isWhole, showAll] = useState(all <= firstBytes);
  const [isPlain, setPlain] = useState(false);
  const text = useResource(`text ${path} ${all} ${isWhole}`, async (signal) => {
    const headers = isWhole ? undefined : { Range: `bytes=0-${firstBytes - 1}` };
    return new TextDecoder().decode(await (await request(path, { headers, signal })).arrayBuffer());
  });
  return (
    <Loaded resource={text}>
      {(value) => {
        const tree = kind === 'csv' ? undefined : parsed(value, kind);
        const hasOther = kind === 'csv' || tree !== undefined;
        return (
          <>
            <div class="actions">
              <CopyButton text={value} />
              {hasOther && (
                <button type="button" class="quiet small" onClick={() => setPlain(!isPlain)}>
                  {isPlain ? (kind === 'csv' ? 'As a table' : 'As a tree') : 'As text'}
                </button>
              )}
            </div>
            {!hasOther || isPlain ? <pre class="shown-text">{withoutSequences(value)}</pre> : null}
            {hasOther && !isPlain && (kind === 'csv' ? <CsvTable text={value} /> : <JsonTree value={tree} />)}
            {!isWhole && (
              <p class="actions muted">
                The first {bytes(firstBytes)} of {bytes(all)}.
                {all <= mostBytes && (
                  <button type="button" class="link" onClick={() => showAll(true)}>
                    Show all
                  </button>
                )}
              </p>
            )}
          </>
        );
      }}
    </Loaded>
  );
}

/** Of a text without a type only what is surely JSON. */
function parsed(text: string, kind: 'text' | 'json'): unknown {
  if (kind === 'text' && !/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
