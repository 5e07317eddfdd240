// What is wrong in a JSON text, as a list whose lines lead to the places.
import type { Fault } from './json-editor.js';

export function FaultList({ faults, lead }: { faults: Fault[]; lead?: (fault: Fault) => void }) {
  return (
    <ul class="faults" aria-live="polite" aria-label="What is wrong">
      {faults.map((fault) => (
        <li key={fault.path + fault.message}>
          <button type="button" class="link" data-warning={fault.isWarning} onClick={() => lead?.(fault)}>
            <span aria-hidden="true">{fault.isWarning ? '!' : '✕'}</span>
            <span class="off-screen">{fault.isWarning ? 'Remark' : 'Fault'}</span>
            {fault.path && <code>{fault.path}</code>}
            <span>{fault.message}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
