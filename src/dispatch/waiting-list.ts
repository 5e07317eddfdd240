// What waits, by priority and then by age: a binary heap, so that the last of many starts as fast as the first.

interface Entry<Item> {
  item: Item;
  priority: number;
  /** Age: over all lists, the earlier one has the smaller number. */
  order: number;
  removed: boolean;
}

let orders = 0;

export class WaitingList<Item extends object> {
  private heap: Entry<Item>[] = [];
  private readonly entries = new Map<Item, Entry<Item>>();

  get size(): number {
    return this.entries.size;
  }

  get first(): Item | undefined {
    this.dropRemoved();
    return this.heap[0]?.item;
  }

  add(item: Item, priority: number): void {
    const entry = { item, priority, order: orders++, removed: false };
    this.entries.set(item, entry);
    this.heap.push(entry);
    this.rise(this.heap.length - 1);
  }

  shift(): Item | undefined {
    const item = this.first;
    if (item === undefined) return undefined;
    this.entries.delete(item);
    this.removeTop();
    return item;
  }

  remove(item: Item): void {
    const entry = this.entries.get(item);
    if (entry) entry.removed = true;
    this.entries.delete(item);
  }

  /** Whether the first here comes before the first there. Both must have one. */
  precedes(other: WaitingList<Item>): boolean {
    this.dropRemoved();
    other.dropRemoved();
    return before(this.heap[0], other.heap[0]);
  }

  private dropRemoved(): void {
    while (this.heap[0]?.removed) this.removeTop();
  }

  private removeTop(): void {
    const last = this.heap.pop() as Entry<Item>;
    if (this.heap.length === 0) return;
    this.heap[0] = last;
    this.sink(0);
  }

  private rise(index: number): void {
    const parent = (index - 1) >> 1;
    if (index === 0 || !before(this.heap[index], this.heap[parent])) return;
    this.swap(index, parent);
    this.rise(parent);
  }

  private sink(index: number): void {
    let smallest = index;
    for (const child of [2 * index + 1, 2 * index + 2]) {
      if (child < this.heap.length && before(this.heap[child], this.heap[smallest])) smallest = child;
    }
    if (smallest === index) return;
    this.swap(index, smallest);
    this.sink(smallest);
  }

  private swap(one: number, other: number): void {
    [this.heap[one], this.heap[other]] = [this.heap[other], this.heap[one]];
  }
}

function before<Item>(one: Entry<Item>, other: Entry<Item>): boolean {
  return one.priority === other.priority ? one.order < other.order : one.priority > other.priority;
}
