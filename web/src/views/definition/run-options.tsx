// What is rarely said of a run: how long it may take, and what goes before it.
import type { Filled } from '../../parts/form/filled.js';

interface RunOptionsProps {
  lane?: string;
  value: Pick<Filled, 'timeout' | 'priority'>;
  change(more: Partial<Pick<Filled, 'timeout' | 'priority'>>): void;
}

export function RunOptions({ lane, value: { timeout, priority }, change }: RunOptionsProps) {
  return (
    <details class="run-options" open={timeout !== '' || priority !== '' || undefined}>
      <summary>Options</summary>
      <div>
        <label>
          Timeout
          <input
            type="number"
            min="0"
            max="1000000000"
            step="any"
            value={timeout}
            placeholder="seconds"
            onInput={({ currentTarget }) => change({ timeout: currentTarget.value })}
          />
        </label>
        <label>
          Priority
          <input
            type="number"
            min="-1000"
            max="1000"
            step="1"
            value={priority}
            placeholder="0"
            onInput={({ currentTarget }) => change({ priority: currentTarget.value })}
          />
        </label>
        {lane && <p class="muted">Lane {lane}</p>}
      </div>
    </details>
  );
}
