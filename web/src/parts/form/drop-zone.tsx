// A place for files: they are dropped on it, or chosen; each has its name, its size and a button that takes it away.
import { useState } from 'preact/hooks';
import { bytes } from '../format.js';
import type { Chosen } from './filled.js';

interface DropZoneProps {
  id: string;
  name: string;
  chosen: Chosen[];
  isRequired: boolean;
  /** All of them belong to one run; else each gets a run of its own. */
  isList: boolean;
  describedBy?: string;
  isFaulty: boolean;
  change(chosen: Chosen[]): void;
}

export function DropZone({ id, name, chosen, isRequired, isList, describedBy, isFaulty, change }: DropZoneProps) {
  const drop = useDrop((files) => change([...(isList || files.length > 1 ? chosen : []), ...files]));
  return (
    <div class="files">
      {chosen.length > 0 && (
        <ul>
          {chosen.map((one, at) => (
            <li key={nameOf(one) + at}>
              <span>{nameOf(one)}</span>
              <span class="muted number">{one instanceof File && bytes(one.size)}</span>
              <button
                type="button"
                class="quiet small"
                aria-label={`Remove ${nameOf(one)}`}
                onClick={() => change(chosen.toSpliced(at, 1))}
              >
                ✕
              </button>
            </li>
          ))}
        </ul>
      )}
      {!isList && chosen.length > 1 && <p role="status">{`${chosen.length} files: ${chosen.length} runs`}</p>}
      <div class={`drop-zone${chosen.length > 0 ? ' is-small' : ''}`} data-over={drop.isOver} {...drop.handlers}>
        <span aria-hidden="true">
          {chosen.length === 0 ? 'Drop a file here, or ' : 'Add, or '}
          <u>choose</u>
        </span>
        <input
          type="file"
          id={id}
          name={name}
          multiple
          required={isRequired && chosen.length === 0}
          aria-describedby={describedBy}
          aria-invalid={isFaulty}
          onChange={({ currentTarget }) => {
            drop.take(currentTarget.files);
            currentTarget.value = '';
          }}
        />
      </div>
    </div>
  );
}

export function nameOf(chosen: Chosen): string {
  if (chosen instanceof File) return chosen.name;
  if ('kept' in chosen) return `${chosen.kept} of the former run`;
  const [, run, left] = /^run:([^/]+)\/(.*)$/.exec(chosen.from) ?? [];
  return `${left === 'output' ? 'output' : left?.replace(/^files\//, '')} of run ${run?.slice(0, 8)}…`;
}

/** What an element needs to have files dropped on it. */
export function useDrop(takeFiles: (files: File[]) => void) {
  const [isOver, setOver] = useState(false);
  const take = (files: FileList | null | undefined) => files && files.length > 0 && takeFiles([...files]);
  return {
    isOver,
    take,
    handlers: {
      onDragOver: (event: DragEvent) => {
        if (!event.dataTransfer?.types.includes('Files')) return;
        event.preventDefault();
        setOver(true);
      },
      onDragLeave: () => setOver(false),
      onDrop: (event: DragEvent) => {
        setOver(false);
        if (!event.dataTransfer?.files.length) return;
        event.preventDefault();
        take(event.dataTransfer.files);
      },
    },
  };
}
