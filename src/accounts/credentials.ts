// Checks what a request shows: a name with a password, or an access token.
import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { lowerRole, mayActAs, type Principal, type Role } from '../protocol/roles.js';
import { FailedAttempts } from './failed-attempts.js';
import { verifyPassword } from './password-hash.js';
import { RememberedCredentials } from './remembered-credentials.js';
import { TokenEntity } from './token.entity.js';
import { UserEntity } from './user.entity.js';

const passwordBound = 1024;

@Injectable()
export class Credentials {
  private readonly remembered = new RememberedCredentials();
  private readonly failures = new FailedAttempts();

  constructor(private readonly dataSource: DataSource) {}

  /** The user, or null when the pair is wrong. `address` is the caller's, for the limit of wrong passwords. */
  async checkPassword(username: string, password: string, address: string): Promise<Principal | null> {
    const known = this.remembered.find(username, password);
    if (known) return known;
    if (password === '' || Buffer.byteLength(password) > passwordBound) return null;
    this.failures.check(address, username);
    const user = await this.dataSource.getRepository(UserEntity).findOneBy({ username });
    const right = await verifyPassword(password, user?.passwordHash ?? null);
    if (!right || !user || user.disabled) {
      this.failures.add(address, username);
      return null;
    }
    const principal = { userId: Number(user.id), username, role: user.role };
    this.remembered.remember(username, password, principal);
    return principal;
  }

  /** The user of a token, with the role that its scopes leave; null when it is unknown, expired or of another user. */
  async checkToken(token: string, username?: string): Promise<Principal | null> {
    const found = await this.dataSource.getRepository(TokenEntity).findOneBy({ digest: tokenDigest(token) });
    if (!found || (found.expiresAtMs !== null && found.expiresAtMs <= Date.now())) return null;
    const user = await this.dataSource.getRepository(UserEntity).findOneBy({ id: found.userId });
    if (!user || user.disabled || (username !== undefined && username !== user.username)) return null;
    return { userId: Number(user.id), username: user.username, role: lowerRole(user.role, scopedRole(found.scopes)) };
  }

  /** What was remembered of this user holds no longer. */
  forget(userId: number): void {
    this.remembered.forget(userId);
  }
}

export function tokenDigest(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function scopedRole(scopes: string | null): Role {
  const granted = scopes === null ? (['admin'] as Role[]) : (JSON.parse(scopes) as Role[]);
  return granted.reduce<Role>((highest, role) => (mayActAs(role, highest) ? role : highest), 'viewer');
}
