// The side bar, and on a narrow screen the bar at the bottom: the places of the page.
import type { JSX } from 'preact';
import { basePath } from '../api/base.js';
import { request } from '../api/client.js';
import { keepSessionKey } from '../api/session.js';
import { Menu } from '../parts/menu.js';
import { href } from '../router.js';
import { icons } from './icons.js';
import { isAuthor, useWho } from './who.js';

interface NavigationProps {
  current: string;
  counts: { runs: number; services: number };
  showKeys(): void;
}

const places: { path: string; name: string; icon: JSX.Element; count?: 'runs' | 'services' }[] = [
  { path: 'definitions', name: 'Definitions', icon: icons.definitions },
  { path: 'runs', name: 'Runs', icon: icons.runs, count: 'runs' },
  { path: 'services', name: 'Services', icon: icons.services, count: 'services' },
  { path: 'streams', name: 'Streams', icon: icons.streams },
  { path: 'operations', name: 'Operations', icon: icons.operations },
];

export function Navigation({ current, counts, showKeys }: NavigationProps) {
  const who = useWho();
  const { user } = who;
  return (
    <header class="navigation">
      <a class="brand" href={href()}>
        <span class="brand-sign" aria-hidden="true">
          ❯_
        </span>
        procreg
      </a>
      <nav aria-label="Places">
        {places.map(({ path, name, icon, count }) => (
          <a key={path} href={href(path)} aria-current={current === path ? 'page' : undefined}>
            {icon}
            <span>{name}</span>
            {count && counts[count] > 0 && <span class="count">{counts[count]}</span>}
          </a>
        ))}
      </nav>
      <div class="account">
        <Menu label={user.username} name={`Account of ${user.username}`}>
          <a href={href('account')}>Password and tokens</a>
          {isAuthor(who) && <a href={href('terminal')}>Terminal</a>}
          <a href={`${basePath}/docs`} target="_blank" rel="noreferrer">
            The API
          </a>
          <button type="button" onClick={showKeys}>
            Keys <kbd>?</kbd>
          </button>
          <button type="button" onClick={signOut}>
            Sign out
          </button>
        </Menu>
      </div>
    </header>
  );
}

async function signOut(): Promise<void> {
  await request('/api/session/', { method: 'DELETE' }).catch(() => {});
  keepSessionKey('');
}
