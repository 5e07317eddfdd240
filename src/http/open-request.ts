// A request that was let in, until its answer or its WebSocket is over: how it is cut when its credentials hold no longer.
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Who changes its own password is still told so; what has no answer after this time is cut. */
const answerMs = 3000;
/** A WebSocket says good-bye; after this time it is cut. */
export const farewellMs = 500;

/** Why the server itself ends a connection. */
export type Farewell = 'stopping' | 'revoked';

const revoked = new WeakSet<ServerResponse>();

/** It was not the caller that went away. */
export function wasRevoked(response: ServerResponse): boolean {
  return revoked.has(response);
}

export class OpenRequest {
  private isRevoked = false;
  private readonly leaving: (() => void)[] = [];
  private cut: (() => void) | null = null;

  constructor(private readonly response: ServerResponse) {}

  /** Calls `leave` when it is over, at once when it is. */
  untilOver(leave: () => void): void {
    this.leaving.push(leave);
    if (this.response.destroyed) this.leave();
    else this.response.once('close', this.overAsResponse);
  }

  /** From now on it is a WebSocket, or something else that its handler says on its connection. */
  becomes(socket: Socket, farewell: () => void): void {
    this.response.off('close', this.overAsResponse);
    this.cut = () => {
      farewell();
      setTimeout(() => socket.destroy(), farewellMs).unref();
    };
    if (socket.destroyed) this.leave();
    else socket.once('close', () => this.leave());
    if (this.isRevoked) this.cut();
  }

  /** Its credentials hold no longer. An answer that has begun breaks off. */
  readonly revoke = (): void => {
    this.isRevoked = true;
    revoked.add(this.response);
    if (this.cut) return this.cut();
    if (this.response.headersSent) return void this.response.destroy();
    const timer = setTimeout(() => this.response.destroy(), answerMs).unref();
    this.response.once('close', () => clearTimeout(timer));
  };

  private readonly overAsResponse = (): void => this.leave();

  private leave(): void {
    for (const leave of this.leaving.splice(0)) leave();
  }
}
