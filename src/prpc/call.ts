// One call over a connection, as both sides have it: its result, and a stream in each direction.
import { CodedError } from '../model/coded-error.js';
import { type Item, MessageQueue } from './message-queue.js';

/** How a call reaches the other side. */
export interface Outlet {
  /** Resolves with true when the item has been sent, with false when the connection is over. */
  item(item: Item): Promise<boolean>;
  /** Ends both directions: neither side sends any more. */
  end(): void;
}

/** The stream of a call. */
export class CallStream implements AsyncIterable<Item> {
  readonly arrived = new MessageQueue();
  private open = true;

  constructor(private readonly sender: Outlet) {}

  get isOpen(): boolean {
    return this.open;
  }

  /** False when the other side no longer takes items. */
  async send(item: Item): Promise<boolean> {
    return this.open && (await this.sender.item(item));
  }

  end(): void {
    if (this.open) this.sender.end();
    this.close();
  }

  /** Closes the stream without telling the other side, which knows. */
  close(): void {
    this.open = false;
    this.arrived.end();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item> {
    for (let item = await this.arrived.take(); item !== undefined; item = await this.arrived.take()) yield item;
  }

  /** The items as bytes; throws invalid_request for an item of another kind. */
  async *chunks(): AsyncGenerator<Buffer> {
    for await (const item of this) yield bytesOf(item);
  }
}

export function bytesOf(item: Item): Buffer {
  if (!(item instanceof Uint8Array)) throw new CodedError('invalid_request', 'the stream of this call takes bytes only');
  return Buffer.from(item.buffer, item.byteOffset, item.byteLength);
}

/** A call that was made here. */
export class Call {
  readonly stream: CallStream;
  /** The return value of the method; rejects with a RemoteError, or with agent_failed when the connection is over. */
  readonly result: Promise<unknown>;
  settle!: (result: unknown) => void;
  fail!: (error: Error) => void;

  constructor(
    sender: Outlet,
    private readonly tellCancelled: () => void,
  ) {
    this.stream = new CallStream(sender);
    this.result = new Promise((resolve, reject) => {
      this.settle = resolve;
      this.fail = reject;
    });
    // a caller that only reads the stream learns of a failure from the stream
    this.result.catch(() => {});
    const over = () => this.stream.close();
    this.result.then(over, over);
  }

  /** Ends the call, because nobody waits for its result any more. */
  cancel(why = 'the call was given up'): void {
    this.tellCancelled();
    this.fail(new CodedError('agent_failed', why));
  }

  /** The next item of the stream; throws the failure of the call when there is no item. */
  async first(): Promise<Item> {
    const item = await this.stream.arrived.take();
    if (item !== undefined) return item;
    await this.result;
    throw new CodedError('agent_failed', 'the agent has ended the call without an answer');
  }
}
