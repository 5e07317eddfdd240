// The session of this browser: the key that goes with its cookie.
import { uiPath } from './base.js';

const keyName = `procreg-key:${uiPath}`;
const listeners = new Set<() => void>();

/** Empty: nobody is signed in, and the header says that this is a page. */
export function sessionKey(): string {
  return localStorage.getItem(keyName) ?? '';
}

export function keepSessionKey(key: string): void {
  if (key === '') localStorage.removeItem(keyName);
  else localStorage.setItem(keyName, key);
  for (const listener of listeners) listener();
}

/** Calls `listener` whenever someone signs in or out, in this tab or in another one. */
export function onSession(listener: () => void): () => void {
  const elsewhere = ({ key }: StorageEvent) => key === keyName && listener();
  listeners.add(listener);
  addEventListener('storage', elsewhere);
  return () => {
    listeners.delete(listener);
    removeEventListener('storage', elsewhere);
  };
}
