// What people search definitions by besides the fields: their owner, their tags, and words in what describes them.
import type { Search } from './filters.js';

/** A key of the definition as SQL; null where it is missing. Every database has these two functions. */
const keyOf = (key: string) => `CASE WHEN JSON_VALID(definition) = 1 THEN JSON_EXTRACT(definition, '$.${key}') END`;

export function ownedBy(ownerId: number): Search {
  return { condition: { sql: 'owner_id = ?', parameters: [ownerId] }, cost: 'index' };
}

/** The tag as JSON, within the list as JSON. */
export function taggedWith(tag: string): Search {
  return { condition: { sql: `INSTR(${keyOf('tags')}, ?) > 0`, parameters: [JSON.stringify(tag)] }, cost: 'reading' };
}

/** Large and small letters count as the same where the database knows them as such. */
export function saying(text: string): Search {
  const has = (value: string) => `INSTR(LOWER(${value}), LOWER(?)) > 0`;
  const places = ['name', 'exec', keyOf('description'), keyOf('tags')];
  return { condition: { sql: `(${places.map(has).join(' OR ')})`, parameters: places.map(() => text) }, cost: 'reading' };
}
