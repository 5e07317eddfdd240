// Commits changes of definitions: each is one transaction, after which the change is published.
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { SerialWriter } from '../database/serial-writer.js';
import type { WriteJob } from '../database/transaction.js';
import type { Change } from '../events/change.js';
import { Events } from '../events/events.js';
import { type DefinitionRow, DefinitionRows } from './definition-rows.js';
import { raiseListVersions } from './list-version.js';
import { RemovalListeners } from './removal-listeners.js';

/** A definition as far as events show it. */
type ToldDefinition = Pick<DefinitionRow, 'id' | 'ownerId' | 'name' | 'shared' | 'tool' | 'revision'>;

/** What a transaction has changed: `before` is missing for a new definition, `after` for a removed one. */
export interface DefinitionChange {
  before?: Pick<ToldDefinition, 'id' | 'ownerId' | 'name' | 'shared' | 'tool'>;
  after?: ToldDefinition;
}

/** The job of a transaction, which notes its changes. */
export type NotingJob<Result> = (manager: EntityManager, note: (change: DefinitionChange) => void) => Promise<Result>;

/** Called before a write with what it would result in, once every check of the write has passed: throws where it must not be written. */
export type Rehearsal<Result> = (result: Result) => Promise<void>;

/** Thrown by a transaction to be rolled back. */
class Undone {
  constructor(readonly result: unknown) {}
}

@Injectable()
export class DefinitionCommits {
  constructor(
    private readonly rows: DefinitionRows,
    private readonly removals: RemovalListeners,
    private readonly writer: SerialWriter,
    private readonly events: Events,
  ) {}

  /** `owners`: the users whose definitions change; `before`: see Rehearsal. */
  async write<Result>(owners: number[], job: NotingJob<Result>, before?: Rehearsal<Result>): Promise<Result> {
    await before?.(await this.rehearsed(job));
    return this.told(owners, job, (write) => this.writer.write(write));
  }

  /** A write that may remove definitions. */
  async writeRemoving<Result>(owners: number[], job: NotingJob<Result>, before?: Rehearsal<Result>): Promise<Result> {
    await before?.(await this.rehearsed(job));
    return this.told(owners, job, (write) => this.removals.write(write));
  }

  /** What the job would result in: its transaction is rolled back. Throws what the job throws. */
  private async rehearsed<Result>(job: NotingJob<Result>): Promise<Result> {
    const undone = async (manager: EntityManager) => {
      throw new Undone(await job(manager, () => {}));
    };
    return this.writer.write<Result>(undone).catch((thrown) => {
      if (thrown instanceof Undone) return thrown.result as Result;
      throw thrown;
    });
  }

  private async told<Result>(owners: number[], job: NotingJob<Result>, write: (job: WriteJob<Result>) => Promise<Result>): Promise<Result> {
    let changes: DefinitionChange[] = [];
    const result = await this.rows.during(() =>
      write(async (manager) => {
        // a transaction may be tried again
        changes = [];
        const done = await job(manager, (change) => changes.push(change));
        await raiseListVersions(manager, [...new Set(owners)]);
        return done;
      }),
    );
    this.events.publishAll(changes.flatMap((change) => this.describe(change)));
    return result;
  }

  /** A definition that is not shared any more is removed for all who may not see it now. */
  private describe({ before, after }: DefinitionChange): (() => Change)[] {
    if (!after) return before ? [() => this.removed(before)] : [];
    const tools = after.tool || (before?.tool ?? false);
    const whole = () => {
      const { id, name, ownerId, shared, revision } = after;
      const data = { id, name, owner: this.events.usernameOf(ownerId), revision, visibility: shared ? 'shared' : 'private' };
      return {
        type: before ? 'definition.changed' : 'definition.created',
        subject: String(id),
        data,
        seenBy: readersOf(after),
        tools,
      } as const;
    };
    if (!before?.shared || after.shared) return [whole];
    return [whole, () => ({ ...this.removed(before), seenBy: { butFor: after.ownerId } })];
  }

  private removed({ id, name, ownerId, shared, tool }: NonNullable<DefinitionChange['before']>): Change {
    const data = { id, name, owner: this.events.usernameOf(ownerId) };
    return { type: 'definition.removed', subject: String(id), data, seenBy: readersOf({ ownerId, shared }), tools: tool };
  }
}

function readersOf({ ownerId, shared }: Pick<DefinitionRow, 'ownerId' | 'shared'>): Change['seenBy'] {
  return shared ? {} : { users: [ownerId] };
}
