// The version of a user's own definitions as a whole: raised in every transaction that creates, changes or removes one of them.
import type { EntityManager } from 'typeorm';
import { addToRows, type CountTable } from '../database/add-to-rows.js';
import type { Query } from '../database/read-snapshot.js';

const versions: CountTable = { table: 'definition_list', key: ['owner_id'], sums: ['changes'], greatest: 'changed_at' };

/** Checks the version as it is inside the transaction; throws precondition_failed. */
export type ListPrecondition = (version: string) => void;

export async function raiseListVersions(manager: EntityManager, ownerIds: number[]): Promise<void> {
  const nowMs = Date.now();
  await addToRows(
    manager,
    versions,
    ownerIds.map((ownerId) => [ownerId, 1, nowMs]),
  );
}

/** Letters, digits and a dot. The time keeps a restored backup from repeating a version. */
export async function listVersion(query: Query, ownerId: number): Promise<string> {
  const sql = 'SELECT changes, changed_at AS changedAtMs FROM definition_list WHERE owner_id = ?';
  const [row] = await query<{ changes: number | string; changedAtMs: number | string }>(sql, [ownerId]);
  return [row?.changes ?? 0, row?.changedAtMs ?? 0].map((part) => Number(part).toString(36)).join('.');
}
