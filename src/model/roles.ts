// The four roles, each with the rights of those before it.

export const roles = ['viewer', 'runner', 'author', 'admin'] as const;
export type Role = (typeof roles)[number];

export function mayActAs(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}

/** The lower of two roles: what a token with a scope may do. */
export function lowerRole(one: Role, other: Role): Role {
  return mayActAs(one, other) ? other : one;
}

/** One object for all that a session opens: each use of the session moves its end. */
export interface SessionCredential {
  sessionId: number;
  expiresAtMs: number;
}

/** The credential of a caller other than name and password: a token, a session, or access to the socket of the server. */
type Credential = { tokenId: number; expiresAtMs: number | null } | SessionCredential | 'socket';

export function isSession(credential: Credential | undefined): credential is SessionCredential {
  return typeof credential === 'object' && 'sessionId' in credential;
}

/** The identified user of a request. */
export interface Principal {
  userId: number;
  username: string;
  role: Role;
  /** True for a token that has scopes, tools or an expiry: the caller may not manage tokens, users or the password. */
  limited?: true;
  /** Set for a token that may only call tools with these names and tags, at /mcp. */
  tools?: string[];
  /** Left out: the caller used name and password. */
  credential?: Credential;
}
