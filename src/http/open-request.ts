// A request that was admitted, until its response or its WebSocket is over; it is cut when its credentials are revoked.
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The time for a response to be sent, such as the one to a user who changes the password; after this time the connection is cut. */
const answerMs = 3000;
/** The time for a WebSocket to close by itself; after this time it is cut. */
export const farewellMs = 500;

/** The reason for which the server ends a connection. */
export type Farewell = 'stopping' | 'revoked';

const revoked = new WeakSet<ServerResponse>();

/** True when the server has cut the connection, so that the caller has not gone away. */
export function wasRevoked(response: ServerResponse): boolean {
  return revoked.has(response);
}

export class OpenRequest {
  private isRevoked = false;
  private readonly leaving: (() => void)[] = [];
  private cut: (() => void) | null = null;

  constructor(private readonly response: ServerResponse) {}

  /** Calls `leave` when the request is over; at once when it already is. */
  untilOver(leave: () => void): void {
    this.leaving.push(leave);
    if (this.response.destroyed) this.leave();
    else this.response.once('close', this.overAsResponse);
  }

  /** From now on the connection belongs to a WebSocket, or to another protocol of the handler. */
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

  /** Called when the credentials of the request are revoked. A response that has begun breaks off, and so does a body that has not ended. */
  readonly revoke = (): void => {
    this.isRevoked = true;
    revoked.add(this.response);
    if (this.cut) return this.cut();
    if (this.response.headersSent || !this.response.req.complete) return void this.response.destroy();
    const timer = setTimeout(() => this.response.destroy(), answerMs).unref();
    this.response.once('close', () => clearTimeout(timer));
  };

  private readonly overAsResponse = (): void => this.leave();

  private leave(): void {
    for (const leave of this.leaving.splice(0)) leave();
  }
}
