// Counts by key; a key that counts nothing takes no memory.
export class Tally<Key> {
  private readonly counts = new Map<Key, number>();
  sum = 0;

  of(key: Key): number {
    return this.counts.get(key) ?? 0;
  }

  add(key: Key, change: number): void {
    const count = this.of(key) + change;
    this.sum += change;
    if (count === 0) this.counts.delete(key);
    else this.counts.set(key, count);
  }
}
