// The way of messages into a running service: one after the other, once it is ready; none after its end.
import type { Readable } from 'node:stream';
import { CodedError } from '../../protocol/coded-error.js';
import type { MessageSink } from '../input/contract.js';

/** So many messages wait for one service; further ones are refused. */
const waitingBound = 1000;

export class Inlet {
  private state: 'closed' | 'open' | 'over' = 'closed';
  /** Null: its input adapter takes no messages. */
  private sink: MessageSink | null = null;
  private changed: (() => void)[] = [];
  private turn: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  open(sink: MessageSink | null): void {
    this.sink = sink;
    this.become('open');
  }

  /** It takes no more, and what it has not taken it never will. */
  close(): void {
    const { sink } = this;
    this.become('over');
    this.sink = null;
    void sink?.close().catch(() => {});
  }

  /** Throws wrong_state, message_not_taken, queue_full, input_error. */
  async send(message: Readable): Promise<Readable | null> {
    if (this.waiting >= waitingBound) {
      throw new CodedError('queue_full', `${waitingBound} messages wait for this service already`, { retryAfterSeconds: 1 });
    }
    this.waiting++;
    const before = this.turn;
    const sending = before.then(() => this.sendNow(message));
    this.turn = sending.catch(() => {});
    return sending.finally(() => this.waiting--);
  }

  private async sendNow(message: Readable): Promise<Readable | null> {
    while (this.state === 'closed') await this.change();
    if (this.state === 'over') throw ended();
    if (!this.sink) throw new CodedError('message_not_taken', 'this service takes no messages; its input adapter is none');
    return Promise.race([this.sink.send(message), this.end()]);
  }

  private async end(): Promise<never> {
    while (this.state !== 'over') await this.change();
    throw ended();
  }

  private change(): Promise<void> {
    return new Promise((resolve) => this.changed.push(resolve));
  }

  private become(state: Inlet['state']): void {
    this.state = state;
    for (const resolve of this.changed.splice(0)) resolve();
  }
}

function ended(): CodedError {
  return new CodedError('wrong_state', 'the service ended before it had taken the message');
}
