// The way of messages into a running service: one after the other, once it is ready; none after its end.
import type { Readable } from 'node:stream';
import { CodedError } from '../../model/coded-error.js';
import type { MessageSink } from '../io/input-adapter.js';
import { onAbort, orAborted, pauseFor } from '../run/end-signal.js';

/** So many messages wait for one service; further ones are refused. */
const waitingBound = 1000;
/** A program that did not take its message may be about to end: so long the next one is not begun. */
const doubtMs = 250;

export class ServiceInbox {
  /** Aborted once it is open or over. */
  private readonly begun = new AbortController();
  private readonly over = new AbortController();
  /** Null: its input adapter takes no messages. */
  private sink: MessageSink | null = null;
  private turn: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  private doubtful = false;

  /** False when it is over already; then the sink is closed. */
  open(sink: MessageSink | null): boolean {
    if (this.over.signal.aborted) {
      closeSink(sink);
      return false;
    }
    this.sink = sink;
    this.begun.abort();
    return true;
  }

  /** It takes no more, and what it has not taken it never will. */
  close(): void {
    const { sink } = this;
    this.sink = null;
    this.over.abort();
    this.begun.abort();
    closeSink(sink);
  }

  /** Throws wrong_state when it ends before the message has begun, input_error from then on, message_not_taken, queue_full. */
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
    await new Promise<void>((resolve) => onAbort(this.begun.signal, resolve));
    if (this.doubtful) await pauseFor(doubtMs, this.over.signal);
    if (this.over.signal.aborted) throw new CodedError('wrong_state', 'the service ended before it had begun to take the message');
    if (!this.sink) throw new CodedError('message_not_taken', 'this service takes no messages; its input adapter is none');
    const sending = this.sendBy(this.sink, message);
    const sent = await orAborted(sending, this.over.signal);
    if (sent) return sent.reply;
    void sending.then(
      ({ reply }) => reply?.destroy(),
      () => {},
    );
    throw new CodedError('input_error', 'the service ended before it had taken all of the message');
  }

  private async sendBy(sink: MessageSink, message: Readable): Promise<{ reply: Readable | null }> {
    this.doubtful = true;
    const reply = await sink.send(message);
    this.doubtful = false;
    return { reply };
  }
}

/** It may be a plugin's: whatever it throws is its own. */
function closeSink(sink: MessageSink | null): void {
  const closing = async () => sink?.close();
  void closing().catch(() => {});
}
