// Something that the reader asks the server to do: it is under way once, and what went wrong is shown.
import { useState } from 'preact/hooks';
import { Problem } from './problem.js';

export interface Action {
  isBusy: boolean;
  /** Where the error is shown; empty without one. */
  problem: preact.ComponentChildren;
  run(work: () => Promise<unknown>): Promise<void>;
}

export function useAction(): Action {
  const [isBusy, setBusy] = useState(false);
  const [error, fail] = useState<unknown>(null);
  const run = async (work: () => Promise<unknown>) => {
    setBusy(true);
    fail(null);
    await work().catch(fail);
    setBusy(false);
  };
  const problem = error !== null && (
    <Problem error={error}>
      <button type="button" class="quiet small" onClick={() => fail(null)}>
        Close
      </button>
    </Problem>
  );
  return { isBusy, problem, run };
}
