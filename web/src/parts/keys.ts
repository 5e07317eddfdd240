// The keys of the page: each view says its own, and "?" shows all that work now.
import { useEffect, useRef } from 'preact/hooks';

export interface KeyAction {
  /** What it does, for the list: "Stop the run". */
  what: string;
  run(): void;
}

/** By the key, with Mod+ before it for Ctrl or Command: 'j', 'g d', 'Mod+Enter'. */
export type KeyActions = Record<string, KeyAction>;

const stack: { current: KeyActions }[] = [];
/** A second key must follow the first one within this time. */
const sequenceMs = 1000;
let first: { key: string; atMs: number } | null = null;

export function useKeys(actions: KeyActions): void {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    stack.push(latest);
    return () => void stack.splice(stack.indexOf(latest), 1);
  }, []);
}

/** All keys that work now; of two views the inner one decides. */
export function activeKeys(): [key: string, action: KeyAction][] {
  return Object.entries(Object.assign({}, ...stack.map(({ current }) => current)));
}

export function listenToKeys(): void {
  addEventListener('keydown', (event) => {
    const name = nameOf(event);
    if (!name || event.defaultPrevented || (isTyping(event) && !name.startsWith('Mod+'))) return;
    if (document.querySelector('dialog[open]') && !name.startsWith('Mod+')) return;
    const pair = first && Date.now() - first.atMs < sequenceMs ? `${first.key} ${name}` : null;
    first = { key: name, atMs: Date.now() };
    const action = (pair && find(pair)) || find(name);
    if (!action) return;
    first = null;
    event.preventDefault();
    action.run();
  });
}

function find(key: string): KeyAction | undefined {
  return stack.findLast(({ current }) => current[key])?.current[key];
}

function nameOf({ key, metaKey, ctrlKey, altKey }: KeyboardEvent): string | null {
  if (altKey || ['Shift', 'Control', 'Meta', 'Alt'].includes(key)) return null;
  return metaKey || ctrlKey ? `Mod+${key}` : key;
}

/** Also in an editor that has a root of its own. */
function isTyping(event: KeyboardEvent): boolean {
  const element = event.composedPath()[0] as HTMLElement;
  return element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
}

/** Moves the focus to the next or previous row of the list that is shown. */
export function moveInList(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('main [data-row]')];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step))]?.focus();
}
