// What can be done with the runs that are chosen, all at once.
import { useState } from 'preact/hooks';
import { request, type Schemas } from '../../api/client.js';
import { useAction } from '../../parts/action.js';
import { Confirm } from '../../parts/dialog.js';
import { counted } from '../../parts/format.js';

export type Run = Schemas['RunBody'];

export function ChosenBar({ runs, clear }: { runs: Run[]; clear(): void }) {
  const action = useAction();
  const [asked, ask] = useState<'stop' | 'remove' | null>(null);
  const active = runs.filter(({ state }) => state !== 'finished' && state !== 'created');
  const ended = runs.filter((run) => !active.includes(run));
  const all = (chosen: Run[], send: (run: Run) => Promise<unknown>) =>
    void action.run(async () => {
      const answers = await Promise.allSettled(chosen.map(send));
      const failed = answers.find(({ status }) => status === 'rejected');
      clear();
      if (failed) throw (failed as PromiseRejectedResult).reason;
    });
  return (
    <>
      {action.problem}
      {runs.length > 0 && (
        <div class="actions chosen-bar" role="status">
          <span>{counted(runs.length, 'run')} chosen</span>
          {active.length > 0 && (
            <button type="button" class="quiet small" disabled={action.isBusy} onClick={() => ask('stop')}>
              Stop {active.length}
            </button>
          )}
          {ended.length > 0 && (
            <button type="button" class="quiet small" disabled={action.isBusy} onClick={() => ask('remove')}>
              Remove {ended.length}
            </button>
          )}
          <button type="button" class="link" onClick={clear}>
            Choose none
          </button>
        </div>
      )}
      {asked === 'stop' && (
        <Confirm
          question={`Stop ${counted(active.length, 'run')}?`}
          verb="Stop"
          confirm={() => all(active, ({ resource_uri }) => request(`${resource_uri}stop/`, { method: 'POST' }))}
          close={() => ask(null)}
        />
      )}
      {asked === 'remove' && (
        <Confirm
          question={`Remove ${counted(ended.length, 'run')}, with output, log and files?`}
          verb="Remove"
          confirm={() => all(ended, ({ resource_uri }) => request(resource_uri, { method: 'DELETE' }))}
          close={() => ask(null)}
        />
      )}
    </>
  );
}
