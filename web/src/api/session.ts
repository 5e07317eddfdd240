// The session of this browser: the key that goes with the cookie, and who is signed in.
import type { Schemas } from './client.js';

export type User = Schemas['UserBody'];

const keyName = `procreg-key:${document.querySelector<HTMLMetaElement>('meta[name=base]')?.content}`;
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
