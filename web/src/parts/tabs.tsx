// The parts of one thing, each with an address of its own.
import type { ComponentChildren } from 'preact';

export interface Tab {
  name: string;
  href: string;
  isCurrent: boolean;
}

export function Tabs({ label, tabs, children }: { label: string; tabs: Tab[]; children?: ComponentChildren }) {
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map(({ name, href, isCurrent }) => (
        <a href={href} aria-current={isCurrent ? 'page' : undefined} key={name}>
          {name}
        </a>
      ))}
      {children}
    </nav>
  );
}
