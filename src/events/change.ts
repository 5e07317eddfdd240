// The changes that callers may hear of, and who may hear of each.
import type { Principal } from '../model/roles.js';

/** The first word is what has changed. */
export const changeTypes = [
  ...(['definition.created', 'definition.changed', 'definition.removed'] as const),
  ...(['run.created', 'run.queued', 'run.started', 'run.stopping', 'run.finished', 'run.removed'] as const),
  ...(['service.ready', 'service.restarting', 'service.stopped'] as const),
  ...(['binding.created', 'binding.changed', 'binding.removed'] as const),
  'lane.changed',
  ...(['user.created', 'user.changed', 'user.removed'] as const),
  ...(['token.created', 'token.removed'] as const),
] as const;
export type ChangeType = (typeof changeTypes)[number];

/** Who may hear of a change besides admins. */
export interface SeenBy {
  /** These users; left out: every user. */
  users?: (number | null)[];
  /** Every user but this one; the admins, who still see it all, are left out as well. */
  butFor?: number;
  /** Not with a token that has scopes or an expiry, as such a token may not list it. */
  unlimited?: true;
}

export interface Change {
  type: ChangeType;
  /** What has changed, below the address of its kind. */
  subject: string;
  data: Record<string, unknown>;
  seenBy: SeenBy;
  /** It changes which tools AI agents have, or what these are. */
  tools?: boolean;
}

export function maySee({ userId, role, limited }: Principal, { users, butFor, unlimited }: SeenBy): boolean {
  if (unlimited && limited) return false;
  if (butFor !== undefined) return role !== 'admin' && userId !== butFor;
  return users === undefined || role === 'admin' || users.includes(userId);
}
