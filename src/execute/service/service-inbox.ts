// The inbox of a running service: messages go in one after the other, once the service is ready, and none after its end.
import type { Readable } from 'node:stream';
import { CodedError } from '../../model/coded-error.js';
import type { MessageSink } from '../io/input-adapter.js';
import { onAbort, orAborted, pauseFor } from '../run/end-signal.js';

/** The limit of messages that wait for one service; further messages are refused. */
const waitingBound = 1000;
/** How long the next message waits after a program did not take its message: the program may be about to end. */
const doubtMs = 250;

export class ServiceInbox {
  /** Aborted once the inbox is open or closed. */
  private readonly begun = new AbortController();
  private readonly over = new AbortController();
  /** Null: its input adapter takes no messages. */
  private sink: MessageSink | null = null;
  private turn: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  private doubtful = false;

  /** False when the inbox is closed already; then the sink is closed. */
  open(sink: MessageSink | null): boolean {
    if (this.over.signal.aborted) {
      closeSink(sink);
      return false;
    }
    this.sink = sink;
    this.begun.abort();
    return true;
  }

  /** The service takes no more messages, also none that are waiting. */
  close(): void {
    const { sink } = this;
    this.sink = null;
    this.over.abort();
    this.begun.abort();
    closeSink(sink);
  }

  /** Throws wrong_state when the service ends before the message has begun, input_error when it ends later, message_not_taken, queue_full. */
  async send(message: Readable): Promise<Readable | null> {
    if (this.waiting >= waitingBound) {
      throw new CodedError('queue_full', `the limit of ${waitingBound} waiting messages for this service is reached`, {
        retryAfterSeconds: 1,
      });
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
    if (this.over.signal.aborted) throw new CodedError('wrong_state', 'the service ended before it began to take the message');
    if (!this.sink) throw new CodedError('message_not_taken', 'this service takes no messages; its input adapter is none');
    const sending = this.sendBy(this.sink, message);
    const sent = await orAborted(sending, this.over.signal);
    if (sent) return sent.reply;
    void sending.then(
      ({ reply }) => reply?.destroy(),
      () => {},
    );
    throw new CodedError('input_error', 'the service ended before it had taken the whole message');
  }

  private async sendBy(sink: MessageSink, message: Readable): Promise<{ reply: Readable | null }> {
    this.doubtful = true;
    const reply = await sink.send(message);
    this.doubtful = false;
    return { reply };
  }
}

/** Closes a sink and ignores its errors: the sink may be a plugin's. */
function closeSink(sink: MessageSink | null): void {
  const closing = async () => sink?.close();
  void closing().catch(() => {});
}
