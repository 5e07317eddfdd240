// Checks the credentials of a request: a name with a password, or an access token.
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { lowerRole, mayActAs, type Principal, type Role } from '../model/roles.js';
import { CredentialCache } from './credential-cache.js';
import { FailedAttempts } from './failed-attempts.js';
import { maxPasswordBytes, normalized } from './login-rules.js';
import { verifyPassword } from './password-hash.js';
import { TokenEntity } from './token.entity.js';
import { isToken, tokenDigest } from './token-form.js';
import { UserEntity } from './user.entity.js';
import { userNamed } from './user-named.js';

/** The user name that may be sent with any token as the password. */
const anyOwner = 'token';

/** The name and the password of a request; `address` is that of the caller, for the limit of wrong passwords. */
export interface PresentedPassword {
  authorization: string;
  username: string;
  password: string;
  address: string;
}

@Injectable()
export class Credentials {
  /** How many changes of users there were so far. */
  private changes = 0;
  private readonly remembered = new CredentialCache();
  private readonly failures = new FailedAttempts();
  private readonly checking = new Map<string, Promise<Principal | null>>();

  constructor(private readonly dataSource: DataSource) {}

  /** The user who sent this Authorization header a short while ago; `connection` is where it comes from now. */
  recall(authorization: string, connection: object): Principal | undefined {
    return this.remembered.find(authorization, connection);
  }

  /**
   * Returns the user, or null when the pair is wrong. The password may be a token, with the name of its owner or `token`: a token is looked up
   * first, which costs no more than as Bearer; a text that is not a token of that user is checked, and counted, as a password.
   */
  async checkPassword(shown: PresentedPassword): Promise<Principal | null> {
    const { username, password } = shown;
    const byToken = isToken(password) ? await this.checkToken(password, username === anyOwner ? undefined : username) : null;
    return byToken ?? this.checkOnce(shown);
  }

  /** Equal checks at the same time are done only once. */
  private checkOnce(shown: PresentedPassword): Promise<Principal | null> {
    const key = JSON.stringify([shown.authorization, shown.address]);
    const running = this.checking.get(key) ?? this.verify(shown).finally(() => this.checking.delete(key));
    this.checking.set(key, running);
    return running;
  }

  private async verify({ authorization, ...shown }: PresentedPassword): Promise<Principal | null> {
    const { changes } = this;
    const user = await this.holderOf(shown);
    if (!user) return null;
    const principal = { userId: user.id, username: user.username, role: user.role };
    if (changes === this.changes) this.remembered.remember(authorization, principal);
    return principal;
  }

  /** The user whose name and password these are, compared anew; null when the pair is wrong. Throws too_many_attempts. */
  async holderOf({ username, password, address }: Omit<PresentedPassword, 'authorization'>): Promise<UserEntity | null> {
    if (password === '' || Buffer.byteLength(password) > maxPasswordBytes) return null;
    return this.failures.guard(address, normalized(username), () => this.compare(username, password));
  }

  private async compare(username: string, password: string): Promise<UserEntity | null> {
    const user = await userNamed(this.dataSource.manager, username);
    const right = await isRight(password, user?.passwordHash ?? null);
    return right && user && !user.disabled ? user : null;
  }

  /** The user of a token, with the role that its scopes allow; null when the token is unknown, expired or belongs to another user. */
  async checkToken(token: string, username?: string): Promise<Principal | null> {
    const found = await this.dataSource.getRepository(TokenEntity).findOneBy({ digest: tokenDigest(token) });
    if (!found || (found.expiresAtMs !== null && found.expiresAtMs <= Date.now())) return null;
    const user = await this.dataSource.getRepository(UserEntity).findOneBy({ id: found.userId });
    if (!user || user.disabled || (username !== undefined && ![username, normalized(username)].includes(user.username))) return null;
    const limited = found.scopes !== null || found.tools !== null || found.expiresAtMs !== null;
    const tools = found.tools === null ? undefined : (JSON.parse(found.tools) as string[]);
    const role = lowerRole(user.role, scopedRole(found.scopes));
    const credential = { tokenId: Number(found.id), expiresAtMs: found.expiresAtMs };
    return { userId: user.id, username: user.username, role, credential, ...(limited && { limited }), ...(tools && { tools }) };
  }

  /** Drops what was remembered of this user; the checks that are under way are not remembered either. */
  forget(userId: number): void {
    this.changes++;
    this.remembered.forget(userId);
  }
}

/** Also tries the password as it was sent: before passwords were normalized, one could be set in another form. */
async function isRight(password: string, stored: string | null): Promise<boolean> {
  const right = await verifyPassword(normalized(password), stored);
  return right || (normalized(password) !== password && verifyPassword(password, stored));
}

function scopedRole(scopes: string | null): Role {
  const granted = scopes === null ? (['admin'] as Role[]) : (JSON.parse(scopes) as Role[]);
  return granted.reduce<Role>((highest, role) => (mayActAs(role, highest) ? role : highest), 'viewer');
}
