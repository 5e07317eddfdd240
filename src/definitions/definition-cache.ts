// Caches what was read of definitions, until any definition is written: reading one costs as much as all other queries for a run.

/** At this many entries the oldest one is forgotten. */
const bound = 1000;
/** Longer definitions are read each time, so that the cache stays below some 30 MB. */
export const cachedLength = 16_384;

interface Row {
  definition: string;
}

/** To be used only where no other process writes. */
export class DefinitionCache<Found extends Row> {
  private readonly entries = new Map<string, Found[]>();
  private writes = 0;
  /** Changes before and after every write, so that what was read earlier is not remembered any more. */
  private age = 0;

  /** `key`: all that the result of `read` depends on, other than the definitions. The rows that are remembered cannot be changed any more. */
  async find(key: string, read: () => Promise<Found[]>): Promise<Found[]> {
    const known = this.entries.get(key);
    if (known) return known;
    const { age } = this;
    const found = await read();
    if (this.writes === 0 && this.age === age) this.remember(key, found);
    return found;
  }

  /** Nothing is cached while `write` runs. */
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

  private remember(key: string, found: Found[]): void {
    if (found.length === 0 || found.some(({ definition }) => definition.length > cachedLength)) return;
    if (this.entries.size >= bound) this.entries.delete(this.entries.keys().next().value as string);
    for (const row of found) Object.freeze(row);
    this.entries.set(key, found);
  }

  private forget(): void {
    this.age++;
    this.entries.clear();
  }
}
