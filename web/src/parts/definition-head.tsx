// The head of a definition: what it is, and the tabs of its views.
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { useWho } from '../frame/who.js';
import { href } from '../router.js';
import { mayChange, type StoredDefinition } from './definition.js';
import { DefinitionMenu } from './definition-menu.js';
import { Tabs } from './tabs.js';

export type DefinitionTab = 'run' | 'runs' | 'edit' | 'history';

interface HeadProps {
  /** As it stands in the address. */
  reference: string;
  /** Undefined: not read yet. */
  stored?: StoredDefinition;
  current: DefinitionTab;
  /** What this view can do besides, at the right of the tabs. */
  children?: ComponentChildren;
}

export function DefinitionHead({ reference, stored, current, children }: HeadProps) {
  const who = useWho();
  const { name, description } = stored?.definition ?? {};
  const title = name ?? (stored ? `#${stored.id}` : reference);
  useEffect(() => {
    document.title = `${title} · procreg`;
  }, [title]);
  const tabs = tabsOf(reference).map(([tab, text, path]) => ({ name: text, href: path, isCurrent: tab === current }));
  return (
    <div class="definition-head">
      <div class="definition-title">
        <h1>{title}</h1>
        {stored && stored.owner !== who.user.username && <span class="tag">of {stored.owner}</span>}
        {description && <p class="muted">{description}</p>}
      </div>
      <Tabs label={`Views of ${title}`} tabs={tabs.filter(({ name: text }) => text !== 'Edit' || !stored || mayChange(who, stored))}>
        {children}
        {stored && <DefinitionMenu stored={stored} />}
      </Tabs>
    </div>
  );
}

function tabsOf(reference: string): [tab: DefinitionTab, text: string, path: string][] {
  return [
    ['run', 'Run', href('definitions', reference)],
    ['runs', 'Runs', href('definitions', reference, 'runs')],
    ['edit', 'Edit', href('definitions', reference, 'edit')],
    ['history', 'History', href('definitions', reference, 'history')],
  ];
}
