// The state of a start: how much of it has been sent, what is wrong with it, and what has been started.
import { useRef, useState } from 'preact/hooks';
import { keepDraftOfRun } from './drafts.js';
import { type Faults, faultsBefore, faultsOf, formsOf, type Started, startRun, type Wanted } from './start-runs.js';

export interface Starting {
  isBusy: boolean;
  /** Of the file that is being sent, from 0 to 1; and which of several. */
  progress: { part: number; sentBytes: number; allBytes: number; at: number; of: number } | null;
  faults: Faults;
  /** What belongs to no field. */
  error: unknown;
  /** What had been started before the error came. */
  started: Started[];
  start(wanted: Wanted): Promise<Started[] | null>;
  cancel(): void;
  forgive(name: string): void;
}

type State = Pick<Starting, 'isBusy' | 'progress' | 'faults' | 'error' | 'started'>;
const calm: State = { isBusy: false, progress: null, faults: {}, error: undefined, started: [] };
/** What is smaller is sent before one could read how much of it is. */
const shownBytes = 256_000;

export function useStarting(): Starting {
  const [state, change] = useState<State>(calm);
  const left = useRef(new AbortController());
  const start = async (wanted: Wanted) => {
    const before = faultsBefore(wanted);
    if (Object.keys(before).length > 0) return refuse({ faults: before });
    left.current = new AbortController();
    change({ ...calm, isBusy: true });
    const started: Started[] = [];
    try {
      const forms = formsOf(wanted);
      for (const [index, { form, file }] of forms.entries()) {
        const progress = (sentBytes: number, allBytes: number) => {
          const shown = { part: sentBytes / allBytes, sentBytes, allBytes, at: index + 1, of: forms.length };
          if (allBytes > shownBytes || forms.length > 1) change((last) => ({ ...last, progress: shown }));
        };
        const one = await startRun({ ...wanted, filled: form }, left.current.signal, progress);
        keepDraftOfRun(one.run, wanted.filled, file);
        started.push(one);
      }
      change(calm);
      return started;
    } catch (error) {
      const faults = faultsOf(error, wanted.fields);
      const isCancelled = (error as Error).name === 'AbortError';
      return refuse({ started, faults: faults ?? {}, error: faults || isCancelled ? undefined : error });
    }
  };
  const refuse = (why: Partial<State>) => {
    change({ ...calm, ...why });
    return null;
  };
  const forgive = (name: string) =>
    change((last) => ({ ...last, faults: Object.fromEntries(Object.entries(last.faults).filter(([one]) => one !== name)) }));
  return { ...state, start, cancel: () => left.current.abort(), forgive };
}
