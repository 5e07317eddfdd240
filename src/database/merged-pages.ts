// Pages over several branches of one table, each of which an index gives in order: as many rows of each as the page may need, merged.

/** Rows of a table; an index must give them in the order of the page. */
export interface Branch {
  where: string;
  parameters: unknown[];
}

export interface Wanted {
  table: string;
  /** What is selected, and the order: all columns in one direction, the last one unique. */
  columns: string[];
  descending: boolean;
  branches: Branch[];
  limit: number;
  offset: number;
}

/** How many entries of indexes a request may pass in the server's own thread: about a millisecond. */
export const quickRows = 2000;

/** A row that several branches hold is given once. */
export function mergedPage({ table, columns, descending, branches, limit, offset }: Wanted): { sql: string; parameters: unknown[] } {
  const selected = columns.join(', ');
  const order = `ORDER BY ${columns.map((column) => `${column} ${descending ? 'DESC' : 'ASC'}`).join(', ')}`;
  const inOrder = ({ where }: Branch) => `SELECT ${selected} FROM ${table} WHERE ${where} ${order} LIMIT ?`;
  if (branches.length === 1) return { sql: `${inOrder(branches[0])} OFFSET ?`, parameters: [...branches[0].parameters, limit, offset] };
  const parts = branches.map((branch, index) => `SELECT ${selected} FROM (${inOrder(branch)}) b${index}`);
  return {
    sql: `SELECT ${selected} FROM (${parts.join(' UNION ')}) merged ${order} LIMIT ? OFFSET ?`,
    parameters: [...branches.flatMap(({ parameters }) => [...parameters, limit + offset]), limit, offset],
  };
}

/** How many entries of indexes such a page passes at most. */
export function passedRows({ branches, limit, offset }: Pick<Wanted, 'branches' | 'limit' | 'offset'>): number {
  return branches.length * (limit + offset);
}
