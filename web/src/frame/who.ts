// Who is signed in, and what this server has: known to all views.
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Schemas } from '../api/client.js';

export interface Who {
  user: Schemas['UserBody'];
  version: string;
  /** Names of what this server has and an earlier one has not. */
  features: string[];
}

export const WhoContext = createContext<Who | null>(null);

/** Only in views, which are shown to nobody who is not signed in. */
export function useWho(): Who {
  return useContext(WhoContext) as Who;
}

export function isAuthor({ user: { role } }: Who): boolean {
  return role === 'author' || role === 'admin';
}

export function isAdmin({ user: { role } }: Who): boolean {
  return role === 'admin';
}
