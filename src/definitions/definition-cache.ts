// Caches definitions that were read by id, until any definition is written: reading one costs as much as all other queries for a run.

/** At this many definitions the oldest one is forgotten. */
const bound = 1000;

/** To be used only where no other process writes. */
export class DefinitionCache<Row extends { id: number }> {
  private readonly rows = new Map<number, Row>();
  private writes = 0;
  /** Changes before and after every write, so that a definition that was read earlier is not remembered any more. */
  private age = 0;

  async find(id: number, read: () => Promise<Row | undefined>): Promise<Row | undefined> {
    const known = this.rows.get(id);
    if (known) return known;
    const { age } = this;
    const row = await read();
    if (row && this.writes === 0 && this.age === age) this.remember(row);
    return row;
  }

  /** No definition is cached while `write` runs. */
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
