// Where the page is: the address below /ui/, and how it changes.
import { useEffect, useState } from 'preact/hooks';
import { uiPath } from './api/base.js';

export interface Place {
  /** Decoded parts of the path: ['definitions', 'tr', 'edit']. */
  parts: string[];
  query: URLSearchParams;
  /** Without #. */
  hash: string;
}

const listeners = new Set<() => void>();

function place(): Place {
  const path = location.pathname.startsWith(uiPath) ? location.pathname.slice(uiPath.length) : '';
  const parts = path.split('/').filter((part) => part !== '');
  return { parts: parts.map(decoded), query: new URLSearchParams(location.search), hash: location.hash.slice(1) };
}

/** `to` is below /ui/, without a first slash: `runs/?state=running`. */
export function navigate(to: string, { replace = false } = {}): void {
  history[replace ? 'replaceState' : 'pushState'](null, '', uiPath + to);
  if (!replace) scrollTo(0, 0);
  for (const listener of listeners) listener();
}

/** The address of a view, for a link. */
export function href(...parts: string[]): string {
  return uiPath + parts.map(encodeURIComponent).join('/');
}

export function usePlace(): Place {
  const [now, change] = useState(place);
  useEffect(() => {
    const changed = () => change(place());
    // what is inside may have led elsewhere before anybody listened
    changed();
    listeners.add(changed);
    addEventListener('popstate', changed);
    addEventListener('hashchange', changed);
    return () => {
      listeners.delete(changed);
      removeEventListener('popstate', changed);
      removeEventListener('hashchange', changed);
    };
  }, []);
  return now;
}

/** Links to views change the view; all other links, and those that are opened elsewhere, are the browser's. */
export function followLinks(): void {
  addEventListener('click', (event) => {
    const link = (event.target as Element).closest?.('a');
    const isOurs = link && link.origin === location.origin && link.pathname.startsWith(uiPath) && !link.target && !link.download;
    if (!isOurs || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(link.href.slice(location.origin.length + uiPath.length));
  });
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
