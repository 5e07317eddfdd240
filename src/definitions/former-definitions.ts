// Remembers whose the ids of removed definitions were: their runs and bindings still name them, and would be another user's otherwise.
import type { EntityManager } from 'typeorm';

/** How many ids one query names. */
const some = 500;

/** To be called before definitions are removed: the one with this id, or all of this user. */
export async function rememberOwners(manager: EntityManager, which: { id: number } | { ownerId: number }): Promise<void> {
  const [column, value] = 'id' in which ? ['id', which.id] : ['owner_id', which.ownerId];
  const sql = `REPLACE INTO former_definition (id, owner_id) SELECT id, owner_id FROM process_definition WHERE ${column} = ?`;
  await manager.query(sql, [value]);
}

/** To be called when a definition gets a chosen id. */
export async function forgetOwner(manager: EntityManager, id: number): Promise<void> {
  await manager.query('DELETE FROM former_definition WHERE id = ?', [id]);
}

/** The first of the ids that was another user's; undefined: there is none. */
export async function idOfAnother(manager: EntityManager, userId: number, ids: number[]): Promise<number | undefined> {
  for (let at = 0; at < ids.length; at += some) {
    const asked = ids.slice(at, at + some);
    const among = asked.map(() => '?').join(', ');
    const sql = `SELECT id FROM former_definition WHERE id IN (${among}) AND owner_id <> ? LIMIT 1`;
    const [found]: { id: number | string }[] = await manager.query(sql, [...asked, userId]);
    if (found) return Number(found.id);
  }
  return undefined;
}

/** 0: none was removed. */
export async function greatestFormerId(manager: EntityManager): Promise<number> {
  const [{ id }]: { id: number | string | null }[] = await manager.query('SELECT MAX(id) AS id FROM former_definition');
  return Number(id ?? 0);
}
