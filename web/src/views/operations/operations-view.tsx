// What the server does now, and what one may set: the queue, bindings, users, and the server itself.
import { useEffect } from 'preact/hooks';
import { isAdmin, useWho } from '../../frame/who.js';
import { Tabs } from '../../parts/tabs.js';
import { href } from '../../router.js';
import type { ViewProps } from '../../views.js';
import { BindingsTab } from './bindings-tab.js';
import { QueueTab } from './queue-tab.js';
import { ServerTab } from './server-tab.js';
import { UsersTab } from './users-tab.js';
import './operations.css';

const tabs = [
  { path: 'queue', name: 'Queue', Content: QueueTab },
  { path: 'bindings', name: 'Buses and bindings', Content: BindingsTab },
  { path: 'users', name: 'Users', Content: UsersTab, isForAdmins: true },
  { path: 'server', name: 'Server', Content: ServerTab },
];

export function OperationsView({ parts: [path = 'queue'] }: ViewProps) {
  const who = useWho();
  const shown = tabs.filter(({ isForAdmins }) => !isForAdmins || isAdmin(who));
  const current = shown.find((tab) => tab.path === path) ?? shown[0];
  useEffect(() => {
    document.title = `${current.name} · procreg`;
  }, [current]);
  return (
    <>
      <div class="view-head">
        <h1>Operations</h1>
      </div>
      <Tabs
        label="Operations"
        tabs={shown.map((tab) => ({ name: tab.name, href: href('operations', tab.path), isCurrent: tab === current }))}
      />
      <current.Content />
    </>
  );
}
