// The query of the list of definitions: filters and order_by, as tastypie reads them.
import { allows, type FieldFilter, type FilterField, filterFields, type Ordering, type Search } from '../../definitions/filters.js';
import { ownedBy, saying, taggedWith } from '../../definitions/searches.js';
import { CodedError } from '../../model/coded-error.js';

/** The fields of the resource by the names that clients use. */
export const listFields: Record<string, FilterField> = {
  id: 'id',
  name: 'name',
  exec: 'exec',
  application: 'application',
  process_type: 'processType',
};

function invalid(sentence: string): CodedError {
  return new CodedError('invalid_request', sentence);
}

/** Unknown fields are ignored, as tastypie does. */
export function filtersOf(query: URLSearchParams): FieldFilter[] {
  return [...new Set(query.keys())].flatMap((key) => {
    const [name, comparison = 'exact', ...more] = key.split('__');
    if (name === 'definition') throw invalid("The 'definition' field does not allow filtering.");
    if (name === 'resource_uri') throw invalid("The 'resource_uri' field is not a valid field name");
    if (!Object.hasOwn(listFields, name)) return [];
    const field = listFields[name];
    if (more.length > 0 || !allows(field, comparison)) throw invalid(`The '${name}' field does not support relations.`);
    return [{ field, comparison, values: valuesOf({ field, comparison, texts: query.getAll(key) }) }];
  });
}

/** `owner`, `tags` (all of these) and `q`; `idOf` finds a user by name. */
export async function searchesOf(query: URLSearchParams, idOf: (username: string) => Promise<number>): Promise<Search[]> {
  const given = (name: string, split = (text: string) => [text]) => distinct(name, query.getAll(name).flatMap(split));
  const tags = given('tags', (text) => text.split(','));
  const owners = await Promise.all(given('owner').map(idOf));
  return [...owners.map(ownedBy), ...tags.map(taggedWith), ...given('q').map(saying)];
}

/** Every value is compared with every definition. */
const searchBound = 10;

function distinct(name: string, texts: string[]): string[] {
  const values = new Set(texts);
  values.delete('');
  if (values.size > searchBound) throw invalid(`at most ${searchBound} values of '${name}' are allowed, got ${values.size}`);
  return [...values];
}

function valuesOf({ field, comparison, texts }: Pick<FieldFilter, 'field' | 'comparison'> & { texts: string[] }): (string | number)[] {
  const listed = comparison === 'in' || comparison === 'range';
  const parts = listed ? texts.flatMap((text) => text.split(',')).filter((part) => part !== '') : [texts.at(-1) as string];
  if (comparison === 'range' && parts.length !== 2) throw mismatch();
  if (filterFields[field].kind === 'text') return parts;
  return parts.map((part) => {
    if (!/^-?\d{1,15}$/.test(part)) throw mismatch();
    return Number(part);
  });
}

function mismatch(): CodedError {
  return invalid('Invalid resource lookup data provided (mismatched type).');
}

/** A field that is named again orders nothing. */
export function orderingsOf(query: URLSearchParams): Ordering[] {
  const named = query.getAll('order_by').flatMap((text) =>
    text.split(',').map((part) => {
      const name = part.replace(/^-/, '');
      if (Object.hasOwn(listFields, name)) return { field: listFields[name], descending: part.startsWith('-') };
      if (name === 'resource_uri' || name === 'definition') throw invalid(`The '${name}' field does not allow ordering.`);
      throw invalid(`No matching '${name}' field for ordering on.`);
    }),
  );
  return named.filter(({ field }, index) => named.findIndex((one) => one.field === field) === index);
}
