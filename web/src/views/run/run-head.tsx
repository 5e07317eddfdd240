// The head of a run: what it is of, how it is, and what can be done with it.
import { useState } from 'preact/hooks';
import { useWho } from '../../frame/who.js';
import type { Action } from '../../parts/action.js';
import { Confirm } from '../../parts/dialog.js';
import { duration } from '../../parts/format.js';
import { useKeys } from '../../parts/keys.js';
import { StateBadge, stateOf } from '../../parts/run-state.js';
import { Elapsed } from '../../parts/times.js';
import { href, navigate } from '../../router.js';
import { isActive, mayAct, type Run, shortId, titleOf } from './run-access.js';
import { RunMenu } from './run-menu.js';
import { removeRun, repeatRun, startRun, stopRun } from './run-requests.js';
import { SignalDialog } from './signal-dialog.js';
import { UseOutputDialog } from './use-output-dialog.js';

export type HeadDialog = 'signal' | 'use' | 'remove';

interface RunHeadProps {
  run: Run;
  action: Action;
  isWatched: boolean;
  watch(isWatched: boolean): void;
}

export function RunHead({ run, action, isWatched, watch }: RunHeadProps) {
  const who = useWho();
  const [dialog, show] = useState<HeadDialog | null>(null);
  const may = mayAct(who, run);
  const close = () => show(null);
  const again = () => void action.run(async () => navigate(`runs/${await repeatRun(run)}`));
  const stop = () => void action.run(() => stopRun(run));
  const edited = editedHref(run);
  const keys = {
    ...(may && isActive(run) && { s: { what: 'Stop the run', run: stop } }),
    ...(may && run.state === 'finished' && { r: { what: 'Run again', run: again } }),
    ...(edited && { e: { what: 'Run again, edited', run: () => navigate(edited) } }),
  };
  useKeys(keys);
  return (
    <div class="view-head run-head">
      <h1>
        {run.definition ? <a href={href('definitions', referenceOf(run))}>{titleOf(run)}</a> : titleOf(run)}
        <span class="muted run-id"> · #{shortId(run.id)}</span>
      </h1>
      <span aria-live="polite">
        <StateBadge state={stateOf(run)} />
      </span>
      <Time run={run} />
      <span class="run-actions">
        {may && run.state === 'created' && (
          <button type="button" disabled={action.isBusy} onClick={() => void action.run(() => startRun(run))}>
            Start
          </button>
        )}
        {may && isActive(run) && (
          <button type="button" class="quiet" disabled={action.isBusy || run.state === 'stopping'} onClick={stop}>
            Stop
          </button>
        )}
        {may && run.success && (
          <button type="button" class="quiet" disabled={action.isBusy} onClick={again}>
            Run again
          </button>
        )}
        <RunMenu {...{ run, may, edited, again, show, isWatched, watch }} />
      </span>
      {dialog === 'signal' && <SignalDialog run={run} action={action} close={close} />}
      {dialog === 'use' && <UseOutputDialog run={run} close={close} />}
      {dialog === 'remove' && (
        <Confirm
          question={`Remove the run ${shortId(run.id)} of ${titleOf(run)}, with its output, log and files?`}
          verb="Remove"
          confirm={() => void action.run(() => removeRun(run).then(() => navigate('runs', { replace: true })))}
          close={close}
        />
      )}
    </div>
  );
}

function Time({ run: { state, started_at, created_at, duration_ms } }: { run: Run }) {
  if (state === 'created') return null;
  if (state !== 'finished') return <Elapsed since={started_at ?? created_at} />;
  return duration_ms === null ? null : <span class="number">{duration(duration_ms)}</span>;
}

/** By its number: its name may belong to another one by now. */
function referenceOf({ definition }: Run): string {
  return definition?.split('/').at(-2) ?? '';
}

/** The form of the definition, filled in as it was; null where there is none. */
function editedHref(run: Run): string | null {
  return run.definition === null ? null : `definitions/${referenceOf(run)}#rerun=${run.id}`;
}
