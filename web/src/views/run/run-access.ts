// What the reader may do with a run.
import type { Schemas } from '../../api/client.js';
import { isAdmin, type Who } from '../../frame/who.js';

export type Run = Schemas['RunBody'];

/** Others who see the record see neither message, output, log nor files, and do nothing with the run. */
export function isOwn(who: Who, { owner }: Run): boolean {
  return owner === who.user.username || isAdmin(who);
}

export function mayAct(who: Who, run: Run): boolean {
  return isOwn(who, run) && who.user.role !== 'viewer';
}

export function isActive({ state }: Run): boolean {
  return state !== 'finished' && state !== 'created';
}

export function titleOf({ definition_name, exec }: Run): string {
  return definition_name ?? exec;
}

/** 0193…e4f0 */
export function shortId(id: string): string {
  return `${id.slice(0, 4)}…${id.slice(-4)}`;
}
