// Filters and orderings on definitions: which fields, which comparisons, and how they become SQL.

/** Kind and column of each field that lists can be filtered and ordered by. */
export const filterFields = {
  id: { kind: 'number', column: 'id' },
  name: { kind: 'text', column: 'name' },
  exec: { kind: 'text', column: 'exec' },
  application: { kind: 'text', column: 'application' },
  processType: { kind: 'text', column: 'process_type' },
} as const;
export type FilterField = keyof typeof filterFields;

/** The column of each field that indexes hold. */
export const indexColumns: Record<FilterField, string> = {
  id: 'id',
  name: 'name',
  exec: 'exec_start',
  application: 'application',
  processType: 'process_type',
};

export const comparisons = ['exact', 'in', 'contains', 'startswith', 'gt', 'gte', 'lt', 'lte', 'range'] as const;
export type Comparison = (typeof comparisons)[number];

/** `values` are numbers for a number field; one value, except for `in` (any) and `range` (two). */
export interface FieldFilter {
  field: FilterField;
  comparison: Comparison;
  values: (string | number)[];
}

/** A condition on what no field holds; `cost` says whether an index gives the rows, or each definition must be read. */
export interface Search {
  condition: Condition;
  cost: 'index' | 'reading';
}

export type Filter = FieldFilter | Search;

export interface Ordering {
  field: FilterField;
  descending: boolean;
}

/** A piece of a WHERE clause with the values of its question marks. */
export interface Condition {
  sql: string;
  parameters?: unknown[];
}

/** Whether a field allows a comparison; contains and startswith make no sense for numbers. */
export function allows(field: FilterField, comparison: string): comparison is Comparison {
  if (!(comparisons as readonly string[]).includes(comparison)) return false;
  return filterFields[field].kind === 'text' || !['contains', 'startswith'].includes(comparison);
}

type Values = (string | number)[];

const conditions: Record<Comparison, (column: string, values: Values) => Condition> = {
  exact: (column, values) => ({ sql: `${column} = ?`, parameters: values }),
  gt: (column, values) => ({ sql: `${column} > ?`, parameters: values }),
  gte: (column, values) => ({ sql: `${column} >= ?`, parameters: values }),
  lt: (column, values) => ({ sql: `${column} < ?`, parameters: values }),
  lte: (column, values) => ({ sql: `${column} <= ?`, parameters: values }),
  range: (column, values) => ({ sql: `${column} BETWEEN ? AND ?`, parameters: values }),
  in: (column, values) =>
    values.length === 0 ? { sql: '1 = 0' } : { sql: `${column} IN (${values.map(() => '?').join(', ')})`, parameters: values },
  contains: (column, values) => ({ sql: `INSTR(${column}, ?) > 0`, parameters: values }),
  startswith: (column, [start]) => ({ sql: `SUBSTR(${column}, 1, ?) = ?`, parameters: [[...String(start)].length, start] }),
};

/** Where the column itself has no index, or is not compared as it is, a wider condition on the index comes first. */
export function filterCondition(filter: Filter): Condition {
  if ('condition' in filter) return filter.condition;
  const { field, comparison, values } = filter;
  const isWhole = comparison === 'startswith' && indexStart(String(values[0])) === values[0];
  const exact = conditions[comparison](isWhole ? indexColumns[field] : filterFields[field].column, values);
  const wide = field === 'exec' || comparison === 'startswith' ? wideCondition(indexColumns[field], comparison, values) : null;
  return wide ? { sql: `(${wide.sql} AND ${exact.sql})`, parameters: [...(wide.parameters ?? []), ...(exact.parameters ?? [])] } : exact;
}

/** Texts of a column that holds only as much as an index can: equal ones have equal starts, and a larger one has no smaller start. */
const wider: Partial<Record<Comparison, Comparison>> = {
  exact: 'exact',
  in: 'in',
  gt: 'gte',
  gte: 'gte',
  lt: 'lte',
  lte: 'lte',
  range: 'range',
};

function wideCondition(column: string, comparison: Comparison, values: Values): Condition | null {
  const starts = values.map((value) => indexStart(String(value)));
  if (comparison === 'startswith') {
    const above = after(starts[0]);
    return above === null ? conditions.gte(column, starts) : { sql: `${column} >= ? AND ${column} < ?`, parameters: [starts[0], above] };
  }
  const wide = wider[comparison];
  return wide ? conditions[wide](column, starts) : null;
}

/** As much of a text as an index holds. */
export function indexStart(text: string): string {
  return text.length <= 700 ? text : [...text].slice(0, 700).join('');
}

/** The least text that is larger than all that begin with this one; null: there is none. */
function after(start: string): string | null {
  const points = [...start].map((character) => character.codePointAt(0) as number);
  while (points[points.length - 1] === 0x10ffff) points.pop();
  const last = points.pop();
  if (last === undefined) return null;
  return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
}

/** The orderings, then the id, so that a page is always the same; `reversed` turns all of them round. */
export function orderClause(orderings: Ordering[], reversed: boolean): string {
  const all: Ordering[] = [...orderings, { field: 'id', descending: false }];
  return all.map(({ field, descending }) => `${filterFields[field].column} ${descending === reversed ? 'ASC' : 'DESC'}`).join(', ');
}
