// What follows from a change of users and tokens: cached credentials are dropped, connections that would be refused now are closed, nothing new starts.
import { Injectable } from '@nestjs/common';
import { isSession, mayActAs, type Principal } from '../model/roles.js';
import { StartRights } from '../model/start-rights.js';
import { Credentials } from './credentials.js';
import { OpenConnections } from './open-connections.js';
import type { UserEntity } from './user.entity.js';

@Injectable()
export class Revocations {
  constructor(
    private readonly credentials: Credentials,
    private readonly open: OpenConnections,
    readonly rights: StartRights,
  ) {}

  /** A new user may have the id that a removed user had. */
  userMade(user: UserEntity): void {
    this.rights.apply(user);
  }

  userChanged(before: UserEntity, now: UserEntity): void {
    const userId = Number(now.id);
    this.credentials.forget(userId);
    this.rights.apply(now);
    if (now.disabled || !mayActAs(now.role, before.role)) this.open.close(userId);
    else if (now.passwordHash !== before.passwordHash || now.username !== before.username) this.open.close(userId, cameByPassword);
  }

  userRemoved(user: UserEntity): void {
    this.credentials.forget(Number(user.id));
    this.rights.remove(user);
    this.open.close(Number(user.id));
  }

  tokenRemoved(userId: number, tokenId: number): void {
    this.credentials.forget(userId);
    this.open.close(
      userId,
      ({ credential }) => typeof credential === 'object' && 'tokenId' in credential && credential.tokenId === tokenId,
    );
  }

  sessionsEnded(userId: number, ids: number[]): void {
    this.open.close(userId, ({ credential }) => isSession(credential) && ids.includes(credential.sessionId));
  }
}

/** By the password itself, or by a session, for which it was given. */
function cameByPassword({ credential }: Principal): boolean {
  return credential === undefined || isSession(credential);
}
