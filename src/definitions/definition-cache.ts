// Definitions that were read by id, kept until any definition is written: reading one costs as much as all else that is asked of the database for a run.

/** At the bound the oldest is forgotten. */
const bound = 1000;

/** Only where nobody but this process writes. */
export class DefinitionCache<Row extends { id: number }> {
  private readonly rows = new Map<number, Row>();
  private writes = 0;
  /** Changes with every write, before it and after it: what was read earlier is not remembered any more. */
  private age = 0;

  async find(id: number, read: () => Promise<Row | undefined>): Promise<Row | undefined> {
    const known = this.rows.get(id);
    if (known) return known;
    const { age } = this;
    const row = await read();
    if (row && this.writes === 0 && this.age === age) this.remember(row);
    return row;
  }

  /** While `write` goes on, nothing is known of any definition. */
  async during<Result>(write: () => Promise<Result>): Promise<Result> {
    this.writes++;
    this.forget();
    try {
      return await write();
    } finally {
      this.writes--;
      this.forget();
    }
  }

  private remember(row: Row): void {
    if (this.rows.size >= bound) this.rows.delete(this.rows.keys().next().value as number);
    this.rows.set(row.id, Object.freeze(row));
  }

  private forget(): void {
    this.age++;
    this.rows.clear();
  }
}
