// The list of all keys that work now.
import { Dialog } from '../parts/dialog.js';
import { activeKeys } from '../parts/keys.js';

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

export function KeysDialog({ close }: { close(): void }) {
  return (
    <Dialog title="Keys" close={close}>
      <dl class="keys">
        {activeKeys().map(([key, { what }]) => (
          <div key={key}>
            <dt>
              {key.split(' ').map((part) => (
                <kbd key={part}>{part.replace('Mod+', isMac ? '⌘' : 'Ctrl ')}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
