// Who may do what: four roles, each holding the rights of those before it.

export const roles = ['viewer', 'runner', 'author', 'admin'] as const;
export type Role = (typeof roles)[number];

export function mayActAs(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}

/** The lower of two roles: what a token with a scope may do. */
export function lowerRole(one: Role, other: Role): Role {
  return mayActAs(one, other) ? other : one;
}

/** What a caller has shown beside name and password: a token, or that it can open the server's own socket. */
type Credential = { tokenId: number; expiresAtMs: number | null } | 'socket';

/** Who makes a request, once that is known. */
export interface Principal {
  userId: number;
  username: string;
  role: Role;
  /** Came with a token that has scopes or an end: it may not manage tokens or the password. */
  limited?: true;
  /** Left out: the password. */
  credential?: Credential;
}
