// What has arrived on a stream of a call and was not taken yet: bounded, since the connection has no other brake.

/** Of what waits, as frames; a single one may be larger. */
const boundBytes = 2 ** 20;
/** What one takes here, however small it is. */
const itemBytes = 128;
/** Who takes nothing for so long while the queue is full loses the call: everything else on the connection waits behind it. */
const patienceMs = 5_000;

export type Item = string | number | boolean | Uint8Array | object;

export class MessageQueue {
  private readonly waiting: { item: Item; bytes: number }[] = [];
  private bytes = 0;
  private ended = false;
  private wakeTaker = () => {};
  private wakeGiver = () => {};

  /**
   * Resolves when there is room for more; with false when nobody takes what is there. What comes after the end is dropped. `frameBytes`:
   * as it came, since an object has no size of its own.
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

  /** What was put before can still be taken. */
  end(): void {
    this.ended = true;
    this.wakeTaker();
    this.wakeGiver();
  }

  /** The next item; undefined after the last one. One taker at a time. */
  async take(): Promise<Item | undefined> {
    while (this.waiting.length === 0 && !this.ended) await new Promise<void>((resolve) => (this.wakeTaker = resolve));
    const { item, bytes } = this.waiting.shift() ?? { item: undefined, bytes: 0 };
    this.bytes -= bytes;
    this.wakeGiver();
    return item;
  }
}
