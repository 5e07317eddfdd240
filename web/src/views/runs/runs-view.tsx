// All runs that one may see: filtered, live, and several stopped or removed at once.
import { useEffect, useState } from 'preact/hooks';
import { uiPath } from '../../api/base.js';
import { useWho } from '../../frame/who.js';
import { Empty } from '../../parts/empty.js';
import { useKeys } from '../../parts/keys.js';
import { RunList } from '../../parts/run-list.js';
import { href } from '../../router.js';
import type { ViewProps } from '../../views.js';
import { ChosenBar, type Run } from './chosen-bar.js';
import { addressOf, filterOf, RunFilters } from './run-filters.js';
import './runs.css';

export function RunsView({ query }: ViewProps) {
  const { user } = useWho();
  const [runs, setRuns] = useState<Run[]>([]);
  const [chosen, choose] = useState<ReadonlySet<string>>(new Set());
  const toggle = (id: string) =>
    choose((before) => (before.has(id) ? new Set([...before].filter((one) => one !== id)) : new Set([...before, id])));
  useEffect(() => {
    document.title = 'Runs · procreg';
  }, []);
  useKeys({ x: { what: 'Choose the run, or not', run: () => toggle(focusedRun()) } });
  const mayChoose = user.role !== 'viewer';
  const isFiltered = [...query.keys()].some((name) => name !== 'after');
  return (
    <>
      <RunFilters query={query} />
      <ChosenBar runs={runs.filter(({ id }) => chosen.has(id))} clear={() => choose(new Set())} />
      <RunList
        filter={filterOf(query)}
        after={query.get('after') ?? undefined}
        pageHref={(after) => uiPath + addressOf(query, { after: after ?? '' })}
        onRuns={setRuns}
        empty={isFiltered ? <NoneFit /> : <NoneYet />}
        before={
          mayChoose
            ? ({ id, definition_name, exec }) => (
                <input
                  type="checkbox"
                  class="run-box"
                  aria-label={`Choose the run ${id} of ${definition_name ?? exec}`}
                  checked={chosen.has(id)}
                  onChange={() => toggle(id)}
                />
              )
            : undefined
        }
      />
    </>
  );
}

function NoneYet() {
  return (
    <Empty title="Nothing has run yet">
      <p>Each time a program is run, what it does and what comes out of it is here.</p>
      <a class="button" href={href('definitions')}>
        Choose a program
      </a>
    </Empty>
  );
}

function NoneFit() {
  return (
    <Empty title="No run fits">
      <a href={href('runs')}>Show all runs</a>
    </Empty>
  );
}

function focusedRun(): string {
  return (document.activeElement as HTMLAnchorElement | null)?.pathname?.split('/').at(-1) ?? '';
}
