// A connection after its handshake: calls go over it both ways at once, each with its streams.
import { CodedError } from '../../protocol/coded-error.js';
import type { WebSocketLine } from '../web-socket-line.js';
import { Call, CallStream } from './call.js';
import type { Item } from './message-queue.js';
import { type CallType, callTypes, kinds, type Message, pack, RemoteError, readError, readMessage, statuses, unpack } from './messages.js';

/** By place and by name. */
interface Arguments {
  args: unknown[];
  kwargs?: Record<string, unknown>;
}

/** What is called from the other side. */
export interface ServedCall {
  method: string;
  args: unknown[];
  kwargs: Record<string, unknown>;
  type: CallType;
  stream: CallStream;
  /** Aborted when nobody waits for it any more. */
  gone: AbortSignal;
}

/** What the other side may call. What it throws is told there as a failure of the method. */
export type Methods = (call: ServedCall) => Promise<unknown>;

interface Served {
  stream: CallStream;
  gone: AbortController;
}

export class Peer {
  private readonly calls = new Map<number, Call>();
  private readonly served = new Map<number, Served>();
  private lastId = 1;

  constructor(
    private readonly line: WebSocketLine,
    private readonly methods: Methods,
  ) {
    void line.closed.then(() => this.giveUp());
  }

  /** Resolves when the connection is over. */
  get closed(): Promise<unknown> {
    return this.line.closed;
  }

  /** Nobody calls anything now. */
  get isIdle(): boolean {
    return this.calls.size === 0 && this.served.size === 0;
  }

  close(code: number, reason?: string): void {
    this.line.close(code, reason);
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

  /** One frame of the other side. Throws invalid_request, which ends the connection. */
  async take(frame: Buffer): Promise<void> {
    const message = readMessage(frame);
    const [kind, id] = message;
    if (kind === kinds.call) return this.serve(message);
    if (kind === kinds.cancel || kind === kinds.item || kind === kinds.itemsEnd) return this.takeOfServed(message);
    const call = this.calls.get(id);
    if (!call) return;
    if (kind === kinds.reply) {
      if (!(await call.stream.arrived.put(message[2] as Item))) call.cancel('nobody took what the agent sent');
    } else if (kind === kinds.repliesEnd) call.stream.close();
    else if (kind === kinds.result) this.finish(call, message);
    else throw new CodedError('invalid_request', `there is no message of kind ${kind} at this point`);
  }

  private finish(call: Call, [, id, result, status, error]: Message): void {
    this.calls.delete(id);
    if (status === statuses.success && result instanceof Uint8Array) call.settle(unpack(result));
    else call.fail(readError(Number(status), error));
  }

  private async takeOfServed([kind, id, item]: Message): Promise<void> {
    const served = this.served.get(id);
    if (!served) return;
    if (kind === kinds.cancel) this.cancelServed(id, served);
    else if (kind === kinds.itemsEnd) served.stream.close();
    else if (!(await served.stream.arrived.put(item as Item))) this.cancelServed(id, served);
  }

  private cancelServed(id: number, { stream, gone }: Served): void {
    this.served.delete(id);
    stream.close();
    gone.abort();
  }

  private serve([, id, type, method, args, kwargs]: Message): void {
    if (typeof method !== 'string' || !Array.isArray(args) || this.served.has(id))
      throw new CodedError('invalid_request', 'a call has an id of its own, a method and arguments');
    const outlet = { item: (item: Item) => this.send([kinds.reply, id, item]), end: () => void this.send([kinds.repliesEnd, id]) };
    const served = { stream: new CallStream(outlet), gone: new AbortController() };
    this.served.set(id, served);
    const call = { method, args, kwargs: (kwargs ?? {}) as Record<string, unknown>, type: type as CallType };
    const done = this.methods({ ...call, stream: served.stream, gone: served.gone.signal });
    const told = done.then(
      (result): Message => [kinds.result, id, pack(result ?? null), statuses.success, null],
      (error: Error): Message => [kinds.result, id, null, ...failure(method, error)],
    );
    void told.then((answer) => {
      if (this.served.get(id) !== served) return;
      this.served.delete(id);
      served.stream.close();
      void this.send(answer);
    });
  }

  private send(message: Message): Promise<boolean> {
    return this.line.send(pack(message));
  }

  private giveUp(): void {
    for (const call of this.calls.values()) call.fail(new CodedError('agent_failed', 'the connection to the agent is over'));
    for (const [id, served] of this.served) this.cancelServed(id, served);
    this.calls.clear();
  }
}

/** Status and description of what a method threw: its class, or its code. */
function failure(method: string, error: Error): [status: number, description: unknown[]] {
  if (error instanceof RemoteError) return [error.status, [error.message, error.causeType, error.causeMessage, null]];
  const type = error instanceof CodedError ? causeOf(error) : error.name;
  return [statuses.methodError, [`call '${method}' failed: ${error.message}`, type, error.message, null]];
}

/** The class by which pRouter knows a job that is not there; else the code. */
function causeOf({ code }: CodedError): string {
  return code === 'not_found' ? 'JobNotFoundError' : code;
}
