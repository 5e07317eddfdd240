// Filters and orderings on definitions: which fields, which comparisons, and how they become SQL.
import type { SelectQueryBuilder } from 'typeorm';

export const filterFields = { id: 'number', name: 'text', exec: 'text', application: 'text', processType: 'text' } as const;
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

/** Contains and startswith make no sense for numbers. */
export function allows(field: FilterField, comparison: string): comparison is Comparison {
  if (!(comparisons as readonly string[]).includes(comparison)) return false;
  return filterFields[field] === 'text' || !['contains', 'startswith'].includes(comparison);
}

const operators: Partial<Record<Comparison, string>> = { exact: '=', gt: '>', gte: '>=', lt: '<', lte: '<=' };

export function applyFilter(query: SelectQueryBuilder<object>, { field, comparison, values }: Filter, index: number): void {
  const column = `d.${field}`;
  const [one, two] = [`filter${index}a`, `filter${index}b`];
  const operator = operators[comparison];
  if (operator) query.andWhere(`${column} ${operator} :${one}`, { [one]: values[0] });
  else if (comparison === 'range') query.andWhere(`${column} BETWEEN :${one} AND :${two}`, { [one]: values[0], [two]: values[1] });
  else if (comparison === 'in') applyIn(query, { column, parameter: one, values });
  else if (comparison === 'contains') query.andWhere(`INSTR(${column}, :${one}) > 0`, { [one]: values[0] });
  else query.andWhere(`SUBSTR(${column}, 1, :${two}) = :${one}`, { [one]: values[0], [two]: [...String(values[0])].length });
}

function applyIn(query: SelectQueryBuilder<object>, list: { column: string; parameter: string; values: (string | number)[] }): void {
  if (list.values.length === 0) query.andWhere('1 = 0');
  else query.andWhere(`${list.column} IN (:...${list.parameter})`, { [list.parameter]: list.values });
}
