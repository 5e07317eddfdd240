// The page that the program of a run serves by itself, in a frame that can reach nothing of this page.
import { useState } from 'preact/hooks';
import { basePath } from '../../api/base.js';
import { useAction } from '../../parts/action.js';
import type { Run } from './run-access.js';
import { pageOf } from './run-requests.js';

export function PageTab({ run }: { run: Run }) {
  const action = useAction();
  const [url, show] = useState('');
  const open = () => void action.run(async () => show(basePath + (await pageOf(run))));
  return (
    <>
      {action.problem}
      <div class="actions">
        <button type="button" class={url ? 'quiet small' : ''} disabled={action.isBusy} onClick={open}>
          {url ? 'Load it again' : 'Open its page'}
        </button>
        {url && (
          <a class="button quiet" href={url} target="_blank" rel="noreferrer">
            Open in a new tab
          </a>
        )}
      </div>
      {url && (
        <iframe
          class="program-page"
          key={url}
          src={url}
          title="The page of the program"
          sandbox="allow-scripts allow-forms allow-downloads allow-modals allow-popups"
        />
      )}
    </>
  );
}
