// The users: creating, changing and removing them.
import { Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import { databaseFault } from '../database/faults.js';
import { SerialWriter } from '../database/serial-writer.js';
import type { AlsoWrite } from '../database/transaction.js';
import type { ChangeType } from '../events/change.js';
import { Events } from '../events/events.js';
import { CodedError } from '../model/coded-error.js';
import type { Role } from '../model/roles.js';
import { checkedName } from './login-rules.js';
import { Passwords } from './passwords.js';
import { Revocations } from './revocations.js';
import { SessionEntity } from './session.entity.js';
import { TokenEntity } from './token.entity.js';
import { UserEntity } from './user.entity.js';
import { userNamed } from './user-named.js';

export interface NewUser {
  username: string;
  password: string;
  role: Role;
  disabled?: boolean;
}

export interface UserChange {
  username?: string;
  password?: string;
  role?: Role;
  disabled?: boolean;
}

/** At this many names all of them are forgotten. */
const lastNamesBound = 10_000;

@Injectable()
export class Users {
  private readonly lastNames = new Map<number, string>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: SerialWriter,
    private readonly revocations: Revocations,
    private readonly passwords: Passwords,
    private readonly events: Events,
  ) {}

  list(): Promise<UserEntity[]> {
    return this.dataSource.getRepository(UserEntity).find({ order: { id: 'ASC' } });
  }

  async get(id: number): Promise<UserEntity> {
    const user = await this.dataSource.getRepository(UserEntity).findOneBy({ id });
    if (!user) throw noUser(id);
    return user;
  }

  /** Finds a user by number or by name; a text of digits is always the number. Throws not_found. */
  async find(reference: string): Promise<UserEntity> {
    if (/^[1-9]\d{0,14}$/.test(reference)) return this.get(Number(reference));
    const user = /^\d+$/.test(reference) ? null : await this.named(reference);
    if (!user) throw new CodedError('not_found', `there is no user '${reference}'`);
    return user;
  }

  named(username: string): Promise<UserEntity | null> {
    return userNamed(this.dataSource.manager, username);
  }

  /** The admins that can sign in. */
  admins(): Promise<UserEntity[]> {
    return this.dataSource.getRepository(UserEntity).find({ where: { role: 'admin', disabled: false }, order: { id: 'ASC' } });
  }

  /** Throws invalid_request or name_taken. */
  async create(user: NewUser, also?: AlsoWrite): Promise<UserEntity> {
    return this.insert(user, await this.passwords.hash(user.password), also);
  }

  /** Creates the first user, whose password may be short. Throws invalid_request. */
  async createFirst(user: NewUser): Promise<UserEntity> {
    return this.insert(user, await this.passwords.hashOfAnyLength(user.password));
  }

  private async insert(user: NewUser, passwordHash: string, also?: AlsoWrite): Promise<UserEntity> {
    const username = checkedName(user.username);
    const row = { username, passwordHash, role: user.role, disabled: user.disabled ?? false, createdAtMs: Date.now() };
    const id = await this.writer.write(async (manager) => {
      if (await manager.existsBy(UserEntity, { username })) throw nameTaken(username);
      const inserted = Number((await manager.insert(UserEntity, { ...row })).identifiers[0].id);
      await also?.(manager, inserted);
      return inserted;
    });
    const made = await this.get(id);
    this.revocations.userMade(made);
    this.tell('user.created', made);
    return made;
  }

  /** At boot: tells the start rights and the events which users there are. */
  async loadRights(): Promise<void> {
    const users = await this.list();
    this.revocations.rights.load(users);
    for (const { id, username } of users) this.events.named(Number(id), username);
  }

  /** `check` is called in the transaction: throws where the user must not be changed any more. */
  async change(id: number, change: UserChange, check = () => {}): Promise<UserEntity> {
    const { username, password, ...others } = change;
    const fields = { ...others, ...(username !== undefined && { username: checkedName(username) }) };
    const row = { ...fields, ...(password !== undefined && { passwordHash: await this.passwords.hash(password) }) };
    const before = await this.writer.write(async (manager) => {
      check();
      const former = await manager.findOneBy(UserEntity, { id });
      if (!former) throw noUser(id);
      const namesake = fields.username === undefined ? null : await manager.findOneBy(UserEntity, { username: fields.username });
      if (namesake && Number(namesake.id) !== id) throw nameTaken(namesake.username);
      if (Object.keys(row).length > 0) await manager.update(UserEntity, { id }, row);
      if (endsSessions(row, former)) await manager.delete(SessionEntity, { userId: id });
      await refuseWithoutAdmin(manager.getRepository(UserEntity).countBy({ role: 'admin', disabled: false }));
      return former;
    });
    const now = await this.get(id);
    this.revocations.userChanged(before, now);
    this.tell('user.changed', now);
    if (password !== undefined) await this.passwords.forgetGenerated(before);
    return now;
  }

  /** What the user created stays, for the admin. */
  async remove(id: number): Promise<void> {
    const former = await this.get(id);
    await this.writer.write(async (manager) => {
      await manager.delete(TokenEntity, { userId: id });
      await manager.delete(SessionEntity, { userId: id });
      await manager.delete(UserEntity, { id });
      await refuseWithoutAdmin(manager.getRepository(UserEntity).countBy({ role: 'admin', disabled: false }));
    });
    this.revocations.userRemoved(former);
    this.tell('user.removed', former);
    await this.passwords.forgetGenerated(former);
  }

  /** The names by id; removed users are left out. While the database is away, the last known names are used. */
  async names(ids: number[]): Promise<Map<number, string>> {
    if (ids.length === 0) return new Map();
    try {
      const users = await this.dataSource.getRepository(UserEntity).findBy({ id: In(ids) });
      if (this.lastNames.size > lastNamesBound) this.lastNames.clear();
      for (const { id, username } of users) this.lastNames.set(id, username);
      return new Map(users.map((user) => [user.id, user.username]));
    } catch (error) {
      if (!databaseFault(error) || !ids.every((id) => this.lastNames.has(id))) throw error;
      return new Map(ids.map((id) => [id, this.lastNames.get(id)!]));
    }
  }

  /** The id of a user by name; 0, which nobody has, when there is none. */
  async idOf(username: string): Promise<number> {
    return (await this.named(username))?.id ?? 0;
  }

  count(): Promise<number> {
    return this.dataSource.getRepository(UserEntity).count();
  }

  private tell(type: ChangeType, { id, username, role, disabled }: UserEntity): void {
    const userId = Number(id);
    this.events.named(userId, type === 'user.removed' ? null : username);
    this.events.publish(() => ({
      type,
      subject: String(userId),
      data: { id: userId, username, role, disabled: Boolean(disabled) },
      seenBy: { users: [userId] },
    }));
  }
}

/** A session stands for the name and the password with which it began. */
function endsSessions({ passwordHash, username, disabled }: Partial<UserEntity>, former: UserEntity): boolean {
  return passwordHash !== undefined || disabled === true || (username !== undefined && username !== former.username);
}

function noUser(id: number): CodedError {
  return new CodedError('not_found', `there is no user ${id}`);
}

async function refuseWithoutAdmin(admins: Promise<number>): Promise<void> {
  if ((await admins) === 0) throw new CodedError('invalid_request', 'at least one admin must remain');
}

function nameTaken(username: string): CodedError {
  return new CodedError('name_taken', `a user '${username}' already exists`);
}
