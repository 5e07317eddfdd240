// The registry: the operations on definitions and who may do them; every change is one transaction.
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AlsoWrite } from '../database/transaction.js';
import { CodedError } from '../model/coded-error.js';
import type { ProcessDefinition } from '../model/definition.js';
import { refuseEnded } from '../model/ended-credentials.js';
import type { Principal } from '../model/roles.js';
import { RunAsUsers } from '../model/run-as-users.js';
import { checkChosenIds } from './chosen-ids.js';
import { DefinitionCommits, type NotingJob, type Rehearsal } from './definition-commits.js';
import { DefinitionReferences, parseReference, type Reference } from './definition-references.js';
import { type DefinitionRow, DefinitionRows } from './definition-rows.js';
import {
  deleteDefinition,
  deleteOwn,
  insertDefinition,
  type NewDefinition,
  type Precondition,
  updateDefinition,
} from './definition-writes.js';
import { type ListPrecondition, listVersion } from './list-version.js';
import { type RemovalListener, RemovalListeners } from './removal-listeners.js';
import { checkRunAs, checkStored } from './run-as-rules.js';
import { mayEdit } from './shown-definition.js';

/** One member of a list PATCH: a change of the definition `reference`, or a new one. */
export type ListChange = { reference: string; definition: ProcessDefinition | undefined } | { create: NewDefinition };

/** The content of a list PATCH; `deletions` are references. */
export interface ListChanges {
  changes: ListChange[];
  deletions: string[];
  precondition?: ListPrecondition;
  before?: BeforeList;
}

/** What is asked before a write of one definition, and of several. */
type BeforeWrite = Rehearsal<DefinitionRow>;
type BeforeList = Rehearsal<DefinitionRow[]>;

/** The content of a PUT or PATCH of one definition; without a definition nothing changes. */
export interface Change {
  definition: ProcessDefinition | undefined;
  precondition?: Precondition;
  before?: BeforeWrite;
}

/** `also`: what else is written in the same transaction. */
export interface CreateOptions {
  also?: AlsoWrite;
  before?: BeforeWrite;
}

@Injectable()
export class Definitions {
  constructor(
    readonly rows: DefinitionRows,
    readonly references: DefinitionReferences,
    private readonly removals: RemovalListeners,
    private readonly commits: DefinitionCommits,
    private readonly runAs: RunAsUsers,
  ) {}

  /** `afterwards` is called after definitions were removed, or may have been; `within` is called in the transaction that removes them. */
  onRemoval(afterwards: RemovalListener['afterwards'], within?: RemovalListener['within']): void {
    this.removals.listen({ afterwards, within });
  }

  /** Throws what storing this definition would throw because of its `run_as`. */
  check(writer: Principal, definition: ProcessDefinition): void {
    checkRunAs(writer, definition, this.runAs);
  }

  async create(owner: Principal, wanted: NewDefinition, { also, before }: CreateOptions = {}): Promise<DefinitionRow> {
    this.check(owner, wanted.definition);
    const insert: NotingJob<DefinitionRow> = async (manager, note) => {
      await checkChosenIds(manager, owner, [wanted]);
      const row = await insertDefinition(manager, owner.userId, wanted);
      note({ after: row });
      await also?.(manager, row.id);
      return row;
    };
    return this.commits.write([owner.userId], by(owner, insert), before);
  }

  /** PUT: replaces what the reference names, or creates it under that id or name. */
  async put(
    author: Principal,
    text: string,
    change: Change & { definition: ProcessDefinition },
  ): Promise<{ row: DefinitionRow; created: boolean }> {
    const reference = parseReference(text);
    if (!reference || ('owner' in reference && reference.owner !== undefined) || (await this.exists(author, reference))) {
      return { row: await this.replace(author, text, change), created: false };
    }
    const { definition, precondition, before } = change;
    precondition?.(null);
    const wanted = 'id' in reference ? { id: reference.id, definition } : { definition: named(definition, reference.name) };
    return { row: await this.create(author, wanted, { before }).catch(hideTakenId), created: true };
  }

  /** PUT and PATCH on an existing definition. */
  async replace(author: Principal, text: string, { definition, precondition, before }: Change): Promise<DefinitionRow> {
    const row = await this.writable(author, text);
    if (definition === undefined) {
      precondition?.(row);
      return row;
    }
    this.check(author, definition);
    const reference = parseReference(text);
    const wanted = reference && 'name' in reference ? named(definition, reference.name) : definition;
    const update: NotingJob<DefinitionRow> = (manager, note) =>
      updateDefinition(manager, row, { definition: wanted, author: author.userId, precondition: guarded(author, precondition), note });
    return this.commits.write([row.ownerId], by(author, update), before);
  }

  async remove(author: Principal, text: string, precondition?: Precondition): Promise<void> {
    const row = await this.writable(author, text);
    const remove: NotingJob<void> = (manager, note) =>
      deleteDefinition(manager, row.id, { precondition: guarded(author, precondition), note });
    await this.commits.writeRemoving([row.ownerId], by(author, remove));
  }

  /** List PUT: all of the caller's own definitions become these. */
  async replaceOwn(
    owner: Principal,
    definitions: NewDefinition[],
    { precondition, before }: Pick<ListChanges, 'precondition' | 'before'> = {},
  ): Promise<DefinitionRow[]> {
    for (const { definition } of definitions) this.check(owner, definition);
    const replace: NotingJob<DefinitionRow[]> = async (manager, note) => {
      await checkList(manager, owner, precondition);
      await checkChosenIds(manager, owner, definitions);
      await deleteOwn(manager, owner.userId, { check: (row) => checkStored(owner, row), note });
      const rows = await insertAll(manager, owner.userId, definitions);
      for (const row of rows) note({ after: row });
      return rows;
    };
    return this.commits.writeRemoving([owner.userId], by(owner, replace), before);
  }

  removeOwn(owner: Principal, precondition?: ListPrecondition): Promise<void> {
    const remove: NotingJob<void> = async (manager, note) => {
      await checkList(manager, owner, precondition);
      await deleteOwn(manager, owner.userId, { check: (row) => checkStored(owner, row), note });
    };
    return this.commits.writeRemoving([owner.userId], by(owner, remove));
  }

  /** List PATCH: all changes and deletions, or none. */
  async changeList(author: Principal, { changes, deletions, precondition, before }: ListChanges): Promise<DefinitionRow[]> {
    const planned = await inOrder(changes, async (change) => {
      const { definition } = 'create' in change ? change.create : change;
      if (definition) this.check(author, definition);
      if ('create' in change) return { create: change.create };
      return { former: await this.writable(author, change.reference), definition: change.definition };
    });
    const doomed = await inOrder(deletions, (text) => this.writable(author, text));
    const owners = [author.userId, ...doomed.map(({ ownerId }) => ownerId), ...planned.flatMap(({ former }) => former?.ownerId ?? [])];
    const change: NotingJob<DefinitionRow[]> = async (manager, note) => {
      const checked = { precondition: guarded(author), note };
      await checkList(manager, author, precondition);
      await checkChosenIds(
        manager,
        author,
        planned.flatMap(({ create }) => create ?? []),
      );
      const rows = await inOrder(planned, async ({ create, former, definition }) => {
        if (create) {
          const row = await insertDefinition(manager, author.userId, create);
          note({ after: row });
          return row;
        }
        if (definition === undefined) return former;
        return updateDefinition(manager, former, { definition, author: author.userId, ...checked });
      });
      for (const row of doomed) await deleteDefinition(manager, row.id, checked);
      return rows;
    };
    return this.commits.writeRemoving(owners, by(author, change), before);
  }

  /** Throws forbidden for a definition that the caller may see but not change, and not_found for one that it may not see. */
  async writable(author: Principal, text: string): Promise<DefinitionRow> {
    const row = await this.references.find(author, text);
    if (!mayEdit(author, row)) {
      throw new CodedError('forbidden', `the definition ${row.id} belongs to another user`);
    }
    return row;
  }

  /** For PUT, a name means the caller's own definition only: others may have one of the same name. */
  private async exists(author: Principal, reference: Reference): Promise<boolean> {
    if ('id' in reference) return (await this.rows.byId(author, reference.id)) !== undefined;
    return (await this.rows.byName(author, reference.name)).some((row) => row.ownerId === author.userId);
  }
}

/** The job, unless its author has lost the credentials meanwhile: between the login and the write, examples may have run for minutes. */
function by<Result>(author: Principal, job: NotingJob<Result>): NotingJob<Result> {
  return async (manager, note) => {
    refuseEnded(author);
    return job(manager, note);
  };
}

async function checkList(manager: EntityManager, { userId }: Principal, precondition?: ListPrecondition): Promise<void> {
  precondition?.(await listVersion((sql, parameters) => manager.query(sql, parameters), userId));
}

/** The precondition, after the check that this user may change the definition as it is inside the transaction. */
function guarded(author: Principal, precondition?: Precondition): Precondition {
  return (current) => {
    if (current) checkStored(author, current);
    precondition?.(current);
  };
}

async function insertAll(manager: EntityManager, ownerId: number, definitions: NewDefinition[]): Promise<DefinitionRow[]> {
  return inOrder(definitions, (definition) => insertDefinition(manager, ownerId, definition));
}

async function inOrder<Item, Result>(items: Item[], act: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) results.push(await act(item));
  return results;
}

/** For PUT, the id of a definition that the caller may not see is answered with not_found. */
function hideTakenId(error: unknown): never {
  if (error instanceof CodedError && error.code === 'id_taken') throw new CodedError('not_found', 'the definition does not exist');
  throw error;
}

/** A definition that is PUT to a name gets that name. */
function named(definition: ProcessDefinition, name: string): ProcessDefinition {
  if (definition.name === undefined) return { ...definition, name };
  if (definition.name === name) return definition;
  throw new CodedError('invalid_request', `the name in the body, '${definition.name}', must be the name in the address, '${name}'`);
}
