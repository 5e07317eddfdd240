// Decides whether a run may still start that was accepted earlier: meanwhile its definition may have changed, and its owner may have lost rights.
import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { constantQuery } from '../database/sqlite-connection.js';
import { Definitions } from '../definitions/definitions.js';
import { parsedDefinition } from '../definitions/parsed-definition.js';
import { CodedError } from '../model/coded-error.js';
import { retry } from '../model/retry.js';
import { mayActAs, type Principal, type Role } from '../model/roles.js';
import type { RunOrder } from '../model/run-order.js';
import { StartRights } from '../model/start-rights.js';
import { isolationOfCommands } from './command-isolation.js';

type Owner = Pick<Principal, 'userId' | 'username' | 'role'>;

/** The pauses while the database is away. */
const backoff = { firstMs: 50, longestMs: 500 };

@Injectable()
export class LateStarts {
  constructor(
    private readonly dataSource: DataSource,
    private readonly definitions: Definitions,
    readonly rights: StartRights,
  ) {}

  /** Whether `check` has anything to ask: not for most runs. `isFresh`: the run starts as soon as it was accepted. */
  concerns({ definitionId, definition }: RunOrder, isFresh: boolean): boolean {
    return definition.run_as !== undefined || (definitionId === null && !isFresh);
  }

  /** Throws run_as_refused and forbidden. The command of an owner who has lost the role admin is put into the sandbox: `order` is changed. */
  async check(order: RunOrder): Promise<void> {
    const owner = await this.owner(order.ownerId);
    if (order.definitionId !== null) await this.checkVersion(order, order.definitionId, owner);
    else if (order.trial) checkTrial(order, owner);
    else order.isolation = isolationNow(order, owner);
  }

  /** Resolves to what `check` throws, in words, and waits for a database that is away; null: the run may start. */
  async fault(order: RunOrder): Promise<string | null> {
    const checked = () => this.check(order).then(() => null, refusal);
    return retry(checked, { backoff, failed: () => {} });
  }

  /** As for the repetition of a run: only admins start a version that an admin has replaced, and nobody one that was removed. */
  private async checkVersion({ definition: { run_as: name }, definition }: RunOrder, id: number, owner: Owner): Promise<void> {
    const refuse = (why: string) => {
      throw new CodedError('run_as_refused', `the run was to run as the user '${name}' (run_as), but ${why}`);
    };
    const now = await this.definitions.rows.byId(owner, id);
    if (!now) return refuse(`there is no definition ${id} any more that its owner may run`);
    if (owner.role !== 'admin' && !isDeepStrictEqual(parsedDefinition(now), definition))
      refuse(`the definition ${id} has been replaced since; start a new run of it`);
  }

  /** A user who was removed may do nothing. */
  private async owner(userId: number): Promise<Owner> {
    const sql = 'SELECT username, role FROM user_account WHERE id = ?';
    const [found] = await constantQuery<{ username: string; role: Role }>(this.dataSource, sql, [userId]);
    return { userId, username: found?.username ?? `(user ${userId})`, role: found?.role ?? 'viewer' };
  }
}

/** The definition would be its owner's, so it needs the same role as to be saved. */
function checkTrial({ definition }: RunOrder, { username, role }: Owner): void {
  if (!mayActAs(role, definition.run_as === undefined ? 'author' : 'admin'))
    throw new CodedError('forbidden', `the run cannot start: its owner ${username} is ${role} now and may save no such definition`);
}

function isolationNow({ definition, isolation }: RunOrder, owner: Owner): RunOrder['isolation'] {
  if (!mayActAs(owner.role, 'author'))
    throw new CodedError('forbidden', `the run cannot start: its owner ${owner.username} is ${owner.role} now and may run no commands`);
  return isolation ?? isolationOfCommands(owner, definition) ?? null;
}

function refusal(error: unknown): string {
  if (error instanceof CodedError && (error.code === 'run_as_refused' || error.code === 'forbidden')) return error.message;
  throw error;
}
