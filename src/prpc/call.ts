// One call over a connection, as both sides have it: what it is to bring in the end, and a stream each way.
import { CodedError } from '../model/coded-error.js';
import { type Item, MessageQueue } from './message-queue.js';

/** How a call reaches the other side. */
export interface Outlet {
  /** Resolves when it has gone, with false when the connection is over. */
  item(item: Item): Promise<boolean>;
  /** Of both directions: neither side sends any more. */
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

  /** False when nobody hears it any more. */
  async send(item: Item): Promise<boolean> {
    return this.open && (await this.sender.item(item));
  }

  end(): void {
    if (this.open) this.sender.end();
    this.close();
  }

  /** Without telling the other side, which knows. */
  close(): void {
    this.open = false;
    this.arrived.end();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item> {
    for (let item = await this.arrived.take(); item !== undefined; item = await this.arrived.take()) yield item;
  }

  /** As bytes; throws invalid_request for an item that is none. */
  async *chunks(): AsyncGenerator<Buffer> {
    for await (const item of this) yield bytesOf(item);
  }
}

export function bytesOf(item: Item): Buffer {
  if (!(item instanceof Uint8Array)) throw new CodedError('invalid_request', 'the stream of this call has bytes only');
  return Buffer.from(item.buffer, item.byteOffset, item.byteLength);
}

/** A call that was made here. */
export class Call {
  readonly stream: CallStream;
  /** What the method gave; rejects with a RemoteError, or with agent_failed when the connection is over. */
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
    // whoever only reads the stream learns of a failure from it
    this.result.catch(() => {});
    const over = () => this.stream.close();
    this.result.then(over, over);
  }

  /** Nobody waits for it any more. */
  cancel(why = 'the call was given up'): void {
    this.tellCancelled();
    this.fail(new CodedError('agent_failed', why));
  }

  /** The next item of the stream; throws why the call failed when there is none. */
  async first(): Promise<Item> {
    const item = await this.stream.arrived.take();
    if (item !== undefined) return item;
    await this.result;
    throw new CodedError('agent_failed', 'the agent has ended the call without an answer');
  }
}
