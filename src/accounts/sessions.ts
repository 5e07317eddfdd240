// The sessions of browsers. A cookie goes to every port of its host, so that it stands for a user only together with a key.
import { hash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In } from 'typeorm';
import { SerialWriter } from '../database/serial-writer.js';
import { constantQuery } from '../database/sqlite-connection.js';
import type { Principal, Role } from '../model/roles.js';
import { Credentials, type PresentedPassword } from './credentials.js';
import { Revocations } from './revocations.js';
import { SessionEntity } from './session.entity.js';
import { SessionTerms, SessionUses } from './session-uses.js';
import { UserEntity } from './user.entity.js';

/** A user who signs in to one more ends the oldest of these. */
const mostPerUser = 32;
const secretForm = /^[A-Za-z0-9_-]{43}$/;

/** What the caller gets once. */
export interface NewSession {
  user: UserEntity;
  cookie: string;
  key: string;
  expiresAtMs: number;
}

/** A session and its user, as one statement reads them. */
interface SessionRow {
  id: number;
  cookieDigest: string;
  createdAtMs: number | string;
  usedAtMs: number | string;
  userId: number;
  username: string;
  role: Role;
  disabled: boolean | number;
}

const findByKey = `SELECT s.id AS id, s.cookie_digest AS cookieDigest, s.created_at AS createdAtMs, s.used_at AS usedAtMs,
  u.id AS userId, u.username AS username, u.role AS role, u.disabled AS disabled
  FROM user_session s JOIN user_account u ON u.id = s.user_id WHERE s.key_digest = ?`;

@Injectable()
export class Sessions {
  private readonly uses: SessionUses;

  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: SerialWriter,
    private readonly credentials: Credentials,
    private readonly revocations: Revocations,
    terms: SessionTerms,
  ) {
    this.uses = new SessionUses(terms);
  }

  /** Null when name and password are wrong. Throws too_many_attempts. */
  async begin(shown: Omit<PresentedPassword, 'authorization'>): Promise<NewSession | null> {
    const user = await this.credentials.holderOf(shown);
    if (!user) return null;
    const [cookie, key] = [newSecret(), newSecret()];
    const nowMs = Date.now();
    const times = { createdAtMs: nowMs, usedAtMs: nowMs };
    const row = { userId: user.id, keyDigest: digestOf(key), cookieDigest: digestOf(cookie), ...times };
    const made = await this.writer.write(async (manager) => {
      // what was compared may be outdated by now
      if (!(await isSame(manager, user))) return null;
      const ended = await this.endSurplus(manager, user.id);
      const id = Number((await manager.insert(SessionEntity, { ...row })).identifiers[0].id);
      return { id, ended };
    });
    if (!made) return null;
    this.close(user.id, made.ended);
    const { expiresAtMs } = this.uses.use({ id: made.id, ...times }, () => {});
    return { user, cookie, key, expiresAtMs };
  }

  /** The user of the session with this key and one of these cookies; null when there is none, or it has ended. */
  async check(key: string, cookies: string[]): Promise<Principal | null> {
    if (!secretForm.test(key) || cookies.length === 0) return null;
    const [row] = await constantQuery<SessionRow>(this.dataSource, findByKey, [digestOf(key)]);
    if (!row || row.disabled || !cookies.some((cookie) => digestOf(cookie) === row.cookieDigest)) return null;
    const id = Number(row.id);
    const times = { id, createdAtMs: Number(row.createdAtMs), usedAtMs: Number(row.usedAtMs) };
    if (this.uses.hasEnded(times)) return null;
    const credential = this.uses.use(times, (usedAtMs) => this.store(id, usedAtMs));
    return { userId: Number(row.userId), username: row.username, role: row.role, credential };
  }

  async end(userId: number, id: number): Promise<void> {
    await this.writer.write((manager) => manager.delete(SessionEntity, { id, userId }));
    this.close(userId, [id]);
  }

  /** Removes what has ended, and the oldest beyond the limit; returns the ids. */
  private async endSurplus(manager: EntityManager, userId: number): Promise<number[]> {
    const rows = await manager.find(SessionEntity, { where: { userId }, order: { id: 'DESC' } });
    const lasting = rows.filter((row) => !this.uses.hasEnded(row));
    const kept = new Set(lasting.slice(0, mostPerUser - 1));
    const ended = rows.filter((row) => !kept.has(row)).map(({ id }) => id);
    if (ended.length > 0) await manager.delete(SessionEntity, { id: In(ended) });
    return ended;
  }

  private close(userId: number, ids: number[]): void {
    for (const id of ids) this.uses.forget(id);
    if (ids.length > 0) this.revocations.sessionsEnded(userId, ids);
  }

  /** A use that is not stored ends the session a minute earlier after a restart, no more. */
  private store(id: number, usedAtMs: number): void {
    this.writer.write((manager) => manager.update(SessionEntity, { id }, { usedAtMs })).catch(() => {});
  }
}

function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

function digestOf(secret: string): string {
  return hash('sha256', secret, 'hex');
}

/** Whether the user can still sign in with the name and the password of `former`. */
async function isSame(manager: EntityManager, former: UserEntity): Promise<boolean> {
  const now = await manager.findOneBy(UserEntity, { id: former.id });
  return now !== null && !now.disabled && now.passwordHash === former.passwordHash && now.username === former.username;
}
