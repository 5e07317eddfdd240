// The part of a run that is shown.
import type { Action } from '../../parts/action.js';
import { DownloadButton } from '../../parts/download-button.js';
import { LogPane } from '../../parts/log/log-pane.js';
import type { LogReader } from '../../parts/log/log-reader.js';
import { DetailsTab } from './details-tab.js';
import { FilesTab } from './files-tab.js';
import { MessagesTab } from './messages-tab.js';
import { OutputTab } from './output-tab.js';
import { PageTab } from './page-tab.js';
import { type Run, shortId } from './run-access.js';
import type { TabName } from './run-tabs.js';

interface RunTabProps {
  name: TabName;
  run: Run;
  reader: LogReader | null;
  action: Action;
}

export function RunTab({ name, run, reader, action }: RunTabProps) {
  if (name === 'output') return <OutputTab run={run} action={action} />;
  if (name === 'messages') return <MessagesTab run={run} />;
  if (name === 'page') return <PageTab run={run} />;
  if (name === 'files') return <FilesTab run={run} />;
  if (name === 'details') return <DetailsTab run={run} />;
  return (
    reader && (
      <>
        {run.state === 'queued' && <p class="muted">{waiting(run)}</p>}
        <LogPane reader={reader}>
          <DownloadButton path={`${run.resource_uri}log/`} name={`${shortId(run.id)}.log`} />
        </LogPane>
      </>
    )
  );
}

function waiting({ error, next_start_at }: Run): string {
  if (!next_start_at) return 'It waits for its turn.';
  return `${error ?? 'It has ended.'} It starts again at ${new Date(next_start_at).toLocaleTimeString()}.`;
}
