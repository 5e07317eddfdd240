// A list of runs that does not jump while one reads further down: new ones wait until they are wanted.
import { useRef, useState } from 'preact/hooks';

interface Listed {
  id: string;
}

/** Further down than this one does not look at the newest. */
const nearPx = 120;

/** `page`: as the server has it now. `key` names the list. */
export function useHeldRuns<Run extends Listed>(page: Run[], key: string): { runs: Run[]; waiting: number; showAll(): void } {
  const shown = useRef<{ key: string; runs: Run[] }>({ key, runs: [] });
  const [, draw] = useState(0);
  const { current } = shown;
  const newest = current.key === key ? current.runs[0]?.id : undefined;
  const isReading = scrollY > nearPx && newest !== undefined;
  // ids of runs grow with time
  const added = isReading ? page.filter(({ id }) => id > newest) : [];
  const kept = page.filter((run) => !added.includes(run));
  const pushedOut = isReading ? current.runs.filter(({ id }) => id < (page.at(-1)?.id ?? '')).slice(0, added.length) : [];
  shown.current = { key, runs: added.length > 0 ? [...kept, ...pushedOut] : page };
  const showAll = () => {
    scrollTo(0, 0);
    draw((turn) => turn + 1);
  };
  return { runs: shown.current.runs, waiting: added.length, showAll };
}
