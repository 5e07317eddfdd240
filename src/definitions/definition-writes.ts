// The writes on definitions, each inside a transaction of its caller.
import type { EntityManager, InsertResult } from 'typeorm';
import { toldOneByOne } from '../events/events.js';
import { CodedError } from '../model/coded-error.js';
import { isService, isTool, type ProcessDefinition } from '../model/definition.js';
import { DefinitionEntity } from './definition.entity.js';
import type { DefinitionChange } from './definition-commits.js';
import { countChange, forgetCounts } from './definition-counts.js';
import type { DefinitionRow } from './definition-rows.js';
import { indexStart } from './filters.js';
import { forgetOwner, rememberOwners } from './former-definitions.js';
import { RevisionEntity } from './revision.entity.js';

export interface NewDefinition {
  id?: number;
  definition: ProcessDefinition;
}

export async function insertDefinition(manager: EntityManager, ownerId: number, { id, definition }: NewDefinition): Promise<DefinitionRow> {
  if (id !== undefined && (await manager.existsBy(DefinitionEntity, { id }))) {
    throw new CodedError('id_taken', `a definition ${id} already exists`);
  }
  await refuseTakenName(manager, { ownerId, name: definition.name, id });
  const row = { ...columnsOf(definition), ownerId, revision: 1, updatedAtMs: Date.now() };
  const insertion = manager.createQueryBuilder().insert().into(DefinitionEntity).updateEntity(false);
  const inserted = await insertion.values(id === undefined ? row : { ...row, id }).execute();
  const whole = { ...row, id: id ?? newId(inserted) };
  if (id !== undefined) await forgetOwner(manager, id);
  await countChange(manager, null, whole);
  return whole;
}

/** The id that the database assigned: SQLite's last rowid, or MySQL's insertId. */
function newId({ raw }: InsertResult): number {
  return Number(typeof raw === 'object' ? raw.insertId : raw);
}

/** Checks the row as it is inside the transaction, or null where there is none; throws precondition_failed. */
export type Precondition = (current: Pick<DefinitionRow, 'id' | 'revision' | 'updatedAtMs' | 'definition'> | null) => void;

/** How a write is checked, and where it notes what it has changed. */
interface Checked {
  precondition?: Precondition;
  note: (change: DefinitionChange) => void;
}

export interface Replacement extends Checked {
  definition: ProcessDefinition;
  /** The id of the user who writes. */
  author: number;
}

/** Keeps the former version as a revision. */
export async function updateDefinition(
  manager: EntityManager,
  former: DefinitionRow,
  { definition, author, precondition, note }: Replacement,
): Promise<DefinitionRow> {
  const current = (await manager.findOneBy(DefinitionEntity, { id: former.id })) ?? missing(former.id);
  precondition?.(current);
  await refuseTakenName(manager, { ownerId: current.ownerId, name: definition.name, id: former.id });
  const row = { ...columnsOf(definition), revision: current.revision + 1, updatedAtMs: Math.max(Date.now(), current.updatedAtMs + 1) };
  await manager.insert(RevisionEntity, {
    definitionId: former.id,
    revision: current.revision,
    definition: current.definition,
    createdAtMs: current.updatedAtMs,
    replacedBy: author,
  });
  await manager.update(DefinitionEntity, { id: former.id }, row);
  await countChange(manager, current, { ...row, id: former.id, ownerId: current.ownerId });
  const whole = { ...former, ...row };
  note({ before: toldOf(current), after: whole });
  return whole;
}

/** Deletes a definition; its runs stay, since they hold their own copy. */
export async function deleteDefinition(manager: EntityManager, id: number, { precondition, note }: Checked): Promise<void> {
  const current = (await manager.findOneBy(DefinitionEntity, { id })) ?? missing(id);
  precondition?.(current);
  await rememberOwners(manager, { id });
  await manager.delete(DefinitionEntity, { id });
  await countChange(manager, current, null);
  await manager.delete(RevisionEntity, { definitionId: id });
  note({ before: toldOf(current) });
}

/** `check` is asked for each definition that has a `run_as`. */
export async function deleteOwn(
  manager: EntityManager,
  ownerId: number,
  { check, note }: Pick<Checked, 'note'> & { check: (row: DefinitionEntity) => void },
): Promise<void> {
  const own = manager.createQueryBuilder(DefinitionEntity, 'd').select('d.id');
  const named = await own.where('d.ownerId = :ownerId AND d.definition LIKE :key', { ownerId, key: '%"run_as"%' }).getMany();
  // one by one, since each may be large
  for (const { id } of named) check((await manager.findOneBy(DefinitionEntity, { id })) ?? missing(id));
  const columns = { id: true, ownerId: true, name: true, shared: true, tool: true } as const;
  // more than are told one by one need not all be known
  const gone = await manager.find(DefinitionEntity, { select: columns, where: { ownerId }, take: toldOneByOne + 1 });
  for (const row of gone) note({ before: toldOf(row) });
  const ids = manager.createQueryBuilder(DefinitionEntity, 'd').select('d.id').where('d.ownerId = :ownerId', { ownerId });
  await manager.createQueryBuilder().delete().from(RevisionEntity).where(`definition_id IN (${ids.getQuery()})`, { ownerId }).execute();
  await rememberOwners(manager, { ownerId });
  await manager.delete(DefinitionEntity, { ownerId });
  await forgetCounts(manager, ownerId);
}

function toldOf({ id, ownerId, name, shared, tool }: DefinitionEntity): DefinitionChange['before'] {
  return { id: Number(id), ownerId: Number(ownerId), name, shared: Boolean(shared), tool: Boolean(tool) };
}

function columnsOf(definition: ProcessDefinition) {
  return {
    name: definition.name ?? null,
    exec: definition.exec,
    execStart: indexStart(definition.exec),
    application: definition.application ?? 'host',
    processType: definition.process_type ?? 'single',
    shared: definition.visibility === 'shared',
    tool: isTool(definition) && !isService(definition),
    definition: JSON.stringify(definition),
  };
}

async function refuseTakenName(manager: EntityManager, wanted: { ownerId: number; name?: string; id?: number }): Promise<void> {
  if (wanted.name === undefined) return;
  const namesake = await manager.findOneBy(DefinitionEntity, { ownerId: wanted.ownerId, name: wanted.name });
  if (namesake && Number(namesake.id) !== wanted.id) {
    throw new CodedError('name_taken', `the definition ${namesake.id} is already named '${wanted.name}'`);
  }
}

function missing(id: number): never {
  throw new CodedError('not_found', `there is no definition ${id}`);
}
