// The further actions on a run.
import { uiPath } from '../../api/base.js';
import { download } from '../../api/tickets.js';
import { useWho } from '../../frame/who.js';
import { copyText } from '../../parts/copy-button.js';
import { Menu } from '../../parts/menu.js';
import { toast } from '../../parts/toasts.js';
import { href } from '../../router.js';
import { askToNotify } from './notify.js';
import { isActive, isOwn, type Run, shortId } from './run-access.js';
import type { HeadDialog } from './run-head.js';

interface RunMenuProps {
  run: Run;
  may: boolean;
  /** Below /ui/; null: there is no form. */
  edited: string | null;
  again(): void;
  show(dialog: HeadDialog): void;
  isWatched: boolean;
  watch(isWatched: boolean): void;
}

export function RunMenu({ run, may, edited, again, show, isWatched, watch }: RunMenuProps) {
  const own = isOwn(useWho(), run);
  const hasEnded = run.state === 'finished';
  return (
    <Menu label="⋯" name="More about this run">
      {may && hasEnded && (
        <button type="button" onClick={again}>
          Run again <kbd>r</kbd>
        </button>
      )}
      {may && edited && (
        <a href={uiPath + edited}>
          Run again, edited <kbd>e</kbd>
        </a>
      )}
      {may && run.state === 'running' && item('Send a signal…', () => show('signal'))}
      {may && run.state === 'running' && <a href={href('terminal', run.id)}>Open in a terminal</a>}
      {isActive(run) && !isWatched && item('Notify me when it ends', async () => watch(await askToNotify()))}
      {may && hasEnded && run.output && item('Use this output as input of…', () => show('use'))}
      {own && run.state !== 'created' && item('Download the log', () => download(`${run.resource_uri}log/`, `${shortId(run.id)}.log`))}
      {item('Copy the link', async () => {
        await copyText(`${location.origin}${href('runs', run.id)}`);
        toast('The link is copied.');
      })}
      {may && !isActive(run) && item('Remove…', () => show('remove'))}
    </Menu>
  );
}

function item(text: string, act: () => unknown) {
  return (
    <button type="button" onClick={() => void act()}>
      {text}
    </button>
  );
}
