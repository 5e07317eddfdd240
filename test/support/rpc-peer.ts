// The other side of a pRPC connection, written anew from the protocol: a router or an agent of pRouter, as this server meets them.
import { decode, encode } from '@msgpack/msgpack';
import { WebSocket } from 'ws';

type Message = [kind: number, id: number, ...more: unknown[]];

export interface RpcCall {
  send(item: unknown): void;
  end(): void;
  cancel(): void;
  /** What has come until the call was over. */
  items: unknown[];
  /** Rejects with what the other side says of its failure: `[message, type, text]`. */
  result: Promise<unknown>;
}

interface Pending {
  items: unknown[];
  settle: (value: unknown) => void;
  fail: (reason: unknown) => void;
}

export type Serve = (method: string, args: unknown[], reply: (item: unknown) => void) => Promise<unknown> | unknown;

export const identity = (uid: string, token: unknown, properties?: object) => ({
  auth: { uid, name: `${uid} by name`, ...(token !== undefined && { token }) },
  platform: { system: 'Linux', node: 'elsewhere' },
  ...(properties && { properties }),
});

export class RpcPeer {
  private readonly pending = new Map<number, Pending>();
  private lastId = 1;
  /** What the other side said of itself: version, connection, identity. */
  welcome: unknown[] = [];
  /** With the code of the close. */
  readonly closed: Promise<number>;

  private constructor(
    readonly socket: WebSocket,
    private readonly serve: Serve,
  ) {
    this.closed = new Promise((resolve) => socket.once('close', resolve));
    void this.closed.then(() => {
      for (const { fail } of this.pending.values()) fail(new Error('the connection is over'));
    });
  }

  /** Rejects with the code of the close when it is not welcome. */
  static async connect(url: string, handshake: unknown, serve: Serve = () => null): Promise<RpcPeer> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/rpc/v1`, ['v1.prpc.datadvance']);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    const peer = new RpcPeer(socket, serve);
    const welcome = new Promise<Message>((resolve) => socket.once('message', (data) => resolve(decode(data as Buffer) as Message)));
    peer.write([1, 1, [1, null, handshake]]);
    const answer = await Promise.race([welcome, peer.closed]);
    if (typeof answer === 'number') throw new Error(`closed with ${answer}`);
    peer.welcome = answer[2] as unknown[];
    socket.on('message', (data) => peer.take(decode(data as Buffer) as Message));
    return peer;
  }

  write(message: unknown[]): void {
    this.socket.send(encode(message));
  }

  /** `type`: 20 without streams, 30 from there, 40 to there, 50 both. */
  call(type: 20 | 30 | 40 | 50, method: string, ...args: unknown[]): RpcCall {
    const id = ++this.lastId;
    const items: unknown[] = [];
    const result = new Promise((settle, fail) => this.pending.set(id, { items, settle, fail }));
    result.catch(() => {});
    this.write([2, id, type, method, args, {}]);
    return { items, result, send: (item) => this.write([4, id, item]), end: () => this.write([5, id]), cancel: () => this.write([3, id]) };
  }

  ask(method: string, ...args: unknown[]): Promise<unknown> {
    return this.call(20, method, ...args).result;
  }

  private take([kind, id, ...more]: Message): void {
    const call = this.pending.get(id);
    if (kind === 2) void this.answer(id, more[1] as string, more[2] as unknown[]);
    else if (kind === 8) call?.items.push(more[0]);
    else if (kind === 7 && more[1] === 0) call?.settle(decode(more[0] as Uint8Array));
    else if (kind === 7) call?.fail(more[2]);
  }

  private async answer(id: number, method: string, args: unknown[]): Promise<void> {
    try {
      const value = await this.serve(method, args, (item) => this.write([8, id, item]));
      this.write([7, id, encode(value), 0, null]);
    } catch (error) {
      const { name, message } = error as Error;
      this.write([7, id, null, 10, [`call failed: ${message}`, name, message, null]]);
    }
  }
}
