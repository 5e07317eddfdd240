// What stands around each view: the places, notices, and the keys that work everywhere.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { moveInList, useKeys } from '../parts/keys.js';
import { Toasts } from '../parts/toasts.js';
import { navigate } from '../router.js';
import { Connection } from './connection.js';
import { KeysDialog } from './keys-dialog.js';
import { useLiveCounts } from './live-counts.js';
import { Navigation } from './navigation.js';

export function Frame({ current, children }: { current: string; children: ComponentChildren }) {
  const [showsKeys, showKeys] = useState(false);
  const counts = useLiveCounts();
  useKeys({
    '?': { what: 'Show all keys', run: () => showKeys(true) },
    '/': { what: 'Search', run: () => document.querySelector<HTMLInputElement>('input[type=search]')?.focus() },
    'g d': { what: 'Go to the definitions', run: () => navigate('definitions') },
    'g r': { what: 'Go to the runs', run: () => navigate('runs') },
    'g s': { what: 'Go to the services', run: () => navigate('services') },
    'g o': { what: 'Go to the operations', run: () => navigate('operations') },
    j: { what: 'Next in the list', run: () => moveInList(1) },
    k: { what: 'Previous in the list', run: () => moveInList(-1) },
    n: { what: 'New program', run: () => navigate('new') },
  });
  return (
    <div class="frame">
      <button type="button" class="skip" onClick={() => document.querySelector('main')?.focus()}>
        Skip to the content
      </button>
      <Navigation current={current} counts={counts} showKeys={() => showKeys(true)} />
      <main id="main" tabIndex={-1}>
        <Connection />
        {children}
      </main>
      <Toasts />
      {showsKeys && <KeysDialog close={() => showKeys(false)} />}
    </div>
  );
}
