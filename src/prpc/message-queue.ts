// The queue of items that have arrived on the stream of a call and are not taken yet: bounded, since the connection has no other flow control.

/** The bound of waiting frames in bytes; a single frame may be larger. */
const boundBytes = 2 ** 20;
/** What one item takes in memory at least, however small it is. */
const itemBytes = 128;
/** A reader that takes nothing for this long while the queue is full loses the call: everything else on the connection waits behind it. */
const patienceMs = 5_000;

export type Item = string | number | boolean | Uint8Array | object;

export class MessageQueue {
  private readonly waiting: { item: Item; bytes: number }[] = [];
  private bytes = 0;
  private ended = false;
  private wakeTaker = () => {};
  private wakeGiver = () => {};

  /**
   * Resolves when more items fit; with false when nobody takes the queued items. An item after the end is dropped. `frameBytes`: the size of
   * the item's frame, since an object has no size.
   */
  async put(item: Item, frameBytes: number): Promise<boolean> {
    if (this.ended) return true;
    const bytes = frameBytes + itemBytes;
    this.waiting.push({ item, bytes });
    this.bytes += bytes;
    this.wakeTaker();
    while (this.bytes > boundBytes && !this.ended) if (!(await this.taken())) return false;
    return true;
  }

  private taken(): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), patienceMs);
      this.wakeGiver = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }

  /** Ends the queue; items that were put before can still be taken. */
  end(): void {
    this.ended = true;
    this.wakeTaker();
    this.wakeGiver();
  }

  /** The next item; undefined after the last item. Only one reader at a time may call this. */
  async take(): Promise<Item | undefined> {
    while (this.waiting.length === 0 && !this.ended) await new Promise<void>((resolve) => (this.wakeTaker = resolve));
    const { item, bytes } = this.waiting.shift() ?? { item: undefined, bytes: 0 };
    this.bytes -= bytes;
    this.wakeGiver();
    return item;
  }
}
