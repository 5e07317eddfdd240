// Decides which ids a client may choose for new definitions.
import type { EntityManager } from 'typeorm';
import { CodedError } from '../model/coded-error.js';
import type { Principal } from '../model/roles.js';
import { DefinitionEntity } from './definition.entity.js';
import type { NewDefinition } from './definition-writes.js';
import { greatestFormerId, idOfAnother } from './former-definitions.js';

/** The largest id that an admin may choose: with larger ones, the counter of new ids could run out of numbers. */
const largestChosenId = 1_000_000_000_000;

/**
 * Ids up to the next free ones are for every author, since a list that was read can be sent back, but not those that were another user's: runs and bindings
 * still name them. Higher ones move the counter of all new ids, and are for admins. Throws invalid_request and forbidden. Called in the transaction that inserts them, before it deletes any.
 */
export async function checkChosenIds(manager: EntityManager, author: Principal, wanted: NewDefinition[]): Promise<void> {
  const ids = wanted.flatMap(({ id }) => (id === undefined ? [] : [id]));
  if (ids.length === 0) return;
  const greatest = Math.max(Number((await manager.maximum(DefinitionEntity, 'id')) ?? 0), await greatestFormerId(manager));
  const free = greatest + ids.length;
  const wrong = ids.find((id) => id < 1 || id > Math.max(free, largestChosenId));
  if (wrong !== undefined) throw new CodedError('invalid_request', `id must be a whole number from 1 to ${largestChosenId}, got ${wrong}`);
  if (author.role === 'admin') return;
  const high = ids.find((id) => id > free);
  if (high !== undefined)
    throw new CodedError(
      'forbidden',
      `only an admin may choose the id ${high}, which is above the next free one, ${free - ids.length + 1}`,
    );
  const others = await idOfAnother(manager, author.userId, ids);
  if (others !== undefined) throw new CodedError('forbidden', `only an admin may choose the id ${others}, which was another user's`);
}
