// A connection after its handshake: it carries calls in both directions at once, each with its streams.

import type { WebSocketConnection } from '../http/web-socket-connection.js';
import { CodedError } from '../model/coded-error.js';
import { Call } from './call.js';
import { IncomingCalls, type Methods } from './incoming-calls.js';
import type { Item } from './message-queue.js';
import { callTypes, itemOf, kinds, type Message, pack, RemoteError, readError, readMessage, statuses, unpack } from './messages.js';

/** The arguments of a call, by position and by name. */
interface Arguments {
  args: unknown[];
  kwargs?: Record<string, unknown>;
}

export class Peer {
  private readonly calls = new Map<number, Call>();
  private readonly served: IncomingCalls;
  private lastId = 1;

  constructor(
    private readonly connection: WebSocketConnection,
    methods: Methods,
  ) {
    this.served = new IncomingCalls(methods, (message) => this.send(message));
    void connection.closed.then(() => this.giveUp());
  }

  /** Resolves when the connection is over. */
  get closed(): Promise<unknown> {
    return this.connection.closed;
  }

  /** Whether there are no open calls. */
  get isIdle(): boolean {
    return this.calls.size === 0 && this.served.count === 0;
  }

  close(code: number, reason?: string): void {
    this.connection.close(code, reason);
  }

  /** A call without streams. */
  async ask(method: string, ...args: unknown[]): Promise<unknown> {
    return this.call('unary', method, { args }).result;
  }

  call(type: keyof typeof callTypes, method: string, { args, kwargs = {} }: Arguments): Call {
    const id = ++this.lastId;
    const outlet = { item: (item: Item) => this.send([kinds.item, id, item]), end: () => void this.send([kinds.itemsEnd, id]) };
    const call = new Call(outlet, () => {
      if (this.calls.delete(id)) void this.send([kinds.cancel, id]);
    });
    this.calls.set(id, call);
    const sent = this.send([kinds.call, id, callTypes[type], method, args, kwargs]);
    void sent.then((went) => went || call.fail(new CodedError('agent_failed', 'the connection to the agent is over')));
    return call;
  }

  /** Takes one frame of the other side. Throws invalid_request, which ends the connection. */
  async take(frame: Buffer): Promise<void> {
    const message = readMessage(frame);
    const [kind, id] = message;
    if (kind >= kinds.call && kind <= kinds.itemsEnd) return this.served.take(message, frame.length);
    const call = this.calls.get(id);
    if (!call) return;
    if (kind === kinds.reply) {
      if (!(await call.stream.arrived.put(itemOf(message), frame.length))) call.cancel('nobody read what the agent sent');
    } else if (kind === kinds.repliesEnd) call.stream.close();
    else if (kind === kinds.result) this.finish(call, message);
    else throw new CodedError('invalid_request', `a message of kind ${kind} is not allowed at this point`);
  }

  private finish(call: Call, [, id, result, status, error]: Message): void {
    const isSuccess = status === statuses.success && result instanceof Uint8Array;
    // read before the call is removed: an unreadable result ends the connection, and the call with it
    const value = isSuccess ? unpack(result) : readError(status, error);
    this.calls.delete(id);
    if (value instanceof RemoteError) call.fail(value);
    else call.settle(value);
  }

  private send(message: Message): Promise<boolean> {
    return this.connection.send(pack(message));
  }

  private giveUp(): void {
    for (const call of this.calls.values()) call.fail(new CodedError('agent_failed', 'the connection to the agent is over'));
    this.served.giveUp();
    this.calls.clear();
  }
}
