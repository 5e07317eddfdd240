// The calls of the other side that have no answer yet: each has its stream, and is given up when nobody waits for it.
import { CodedError } from '../model/coded-error.js';
import { CallStream } from './call.js';
import type { Item } from './message-queue.js';
import { type CallType, itemOf, kinds, type Message, pack, RemoteError, statuses } from './messages.js';

/** A call that comes from the other side. */
export interface IncomingCall {
  method: string;
  args: unknown[];
  kwargs: Record<string, unknown>;
  type: CallType;
  stream: CallStream;
  /** Aborted when nobody waits for the call any more. */
  gone: AbortSignal;
}

/** The methods that the other side may call. An error that is thrown here is reported there as a failure of the method. */
export type Methods = (call: IncomingCall) => Promise<unknown>;

interface Served {
  stream: CallStream;
  gone: AbortController;
}

/** The limit of calls that have no answer yet, or whose answer the other side does not read; another call is refused. */
const servedBound = 1_000;
const methodLength = 100;
/** The longest error text, since a sentence may quote the request. */
const textLength = 4_096;

export class IncomingCalls {
  private readonly served = new Map<number, Served>();

  constructor(
    private readonly methods: Methods,
    private readonly send: (message: Message) => Promise<boolean>,
  ) {}

  get count(): number {
    return this.served.size;
  }

  /** Takes a call, or a message that belongs to a call. Throws invalid_request, which ends the connection. */
  take(message: Message, frameBytes: number): Promise<void> | void {
    if (message[0] !== kinds.call) return this.takeOfServed(message, frameBytes);
    return this.served.size < servedBound ? this.serve(message) : this.refuse(message);
  }

  giveUp(): void {
    for (const [id, served] of this.served) this.cancelServed(id, served);
  }

  private async takeOfServed(message: Message, frameBytes: number): Promise<void> {
    const [kind, id] = message;
    const served = this.served.get(id);
    if (!served) return;
    if (kind === kinds.cancel) this.cancelServed(id, served);
    else if (kind === kinds.itemsEnd) served.stream.close();
    else if (!(await served.stream.arrived.put(itemOf(message), frameBytes))) this.cancelServed(id, served);
  }

  private cancelServed(id: number, { stream, gone }: Served): void {
    this.served.delete(id);
    stream.close();
    gone.abort();
  }

  /** Sends a refusal; the next frame waits until the refusal has been sent. */
  private async refuse([, id]: Message): Promise<void> {
    await this.send([
      kinds.result,
      id,
      null,
      statuses.serverError,
      [`the limit of ${servedBound} unanswered calls is reached`, null, null, null],
    ]);
  }

  private serve([, id, type, method, args, kwargs]: Message): void {
    if (typeof method !== 'string' || method.length > methodLength || !Array.isArray(args) || this.served.has(id))
      throw new CodedError('invalid_request', 'a call must have its own id, a method and arguments');
    const outlet = { item: (item: Item) => this.send([kinds.reply, id, item]), end: () => void this.send([kinds.repliesEnd, id]) };
    const served = { stream: new CallStream(outlet), gone: new AbortController() };
    this.served.set(id, served);
    const call = { method, args, kwargs: (kwargs ?? {}) as Record<string, unknown>, type: type as CallType };
    const done = this.methods({ ...call, stream: served.stream, gone: served.gone.signal });
    const told = done.then(
      (result): Message => [kinds.result, id, pack(result ?? null), statuses.success, null],
      (error: Error): Message => [kinds.result, id, null, ...failure(method, error)],
    );
    void told.then(async (answer) => {
      served.stream.close();
      if (this.served.get(id) === served && (await this.send(answer))) this.served.delete(id);
    });
  }
}

/** Status and description of what a method threw: its class, or its code. */
function failure(method: string, error: Error): [status: number, description: unknown[]] {
  if (error instanceof RemoteError) return [error.status, [error.message, error.causeType, error.causeMessage, null]];
  const type = error instanceof CodedError ? causeOf(error) : error.name;
  const text = error.message.slice(0, textLength);
  return [statuses.methodError, [`call '${method}' failed: ${text}`, type, text, null]];
}

/** The class name by which pRouter knows a missing job; for other errors the code. */
function causeOf({ code }: CodedError): string {
  return code === 'not_found' ? 'JobNotFoundError' : code;
}
