// A list of waiting items, by priority and then by age: a heap, so that the last of many starts as fast as the first.
import TinyQueue from 'tinyqueue';

interface Entry<Item> {
  item: Item;
  priority: number;
  /** The age: over all lists, an earlier item has the smaller number. */
  order: number;
  removed: boolean;
}

let orders = 0;

export class WaitingList<Item extends object> {
  private readonly heap = new TinyQueue<Entry<Item>>([], compare);
  private readonly entries = new Map<Item, Entry<Item>>();

  get size(): number {
    return this.entries.size;
  }

  get first(): Item | undefined {
    return this.firstEntry?.item;
  }

  add(item: Item, priority: number): void {
    const entry = { item, priority, order: orders++, removed: false };
    this.entries.set(item, entry);
    this.heap.push(entry);
  }

  shift(): Item | undefined {
    const item = this.first;
    if (item === undefined) return undefined;
    this.entries.delete(item);
    this.heap.pop();
    return item;
  }

  remove(item: Item): void {
    const entry = this.entries.get(item);
    if (entry) entry.removed = true;
    this.entries.delete(item);
  }

  /** Whether the first item of this list comes before the first of the other. Both lists must have one. */
  precedes(other: WaitingList<Item>): boolean {
    return compare(this.firstEntry!, other.firstEntry!) < 0;
  }

  private get firstEntry(): Entry<Item> | undefined {
    while (this.heap.peek()?.removed) this.heap.pop();
    return this.heap.peek();
  }
}

function compare<Item>(one: Entry<Item>, other: Entry<Item>): number {
  return other.priority - one.priority || one.order - other.order;
}
