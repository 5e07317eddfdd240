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

export const comparisons = ['exact', 'in', 'contains', 'startswith', 'gt', 'gte', 'lt', 'lte', 'range'] as const;
export type Comparison = (typeof comparisons)[number];

/** `values` are numbers for a number field; one value, except for `in` (any) and `range` (two). */
export interface Filter {
  field: FilterField;
  comparison: Comparison;
  values: (string | number)[];
}

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

const conditions: Record<Comparison, (column: string, values: (string | number)[]) => Condition> = {
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

export function filterCondition({ field, comparison, values }: Filter): Condition {
  return conditions[comparison](filterFields[field].column, values);
}

/** The orderings, then the id, so that a page is always the same; `reversed` turns all of them round. */
export function orderClause(orderings: Ordering[], reversed: boolean): string {
  const all: Ordering[] = [...orderings, { field: 'id', descending: false }];
  return all.map(({ field, descending }) => `${filterFields[field].column} ${descending === reversed ? 'ASC' : 'DESC'}`).join(', ');
}
