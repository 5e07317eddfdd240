// One WebSocket: passes frames in and out at the speed of their receiver, and notices a peer that is gone.
import type { Socket } from 'node:net';
import type { RawData, WebSocket } from 'ws';
import { CodedError } from '../model/coded-error.js';
import { emptied } from './sse.js';

/** The most bytes of frames that wait to be taken; beyond this the socket is not read. */
const waitingBytes = 2 ** 20;
/** A write to a peer that is gone fails soon; a peer whose network is gone is given up after this silence. */
const pingMs = 5_000;
/** While the socket is not read, only writes show that the peer is gone: the first is refused, the second fails. */
const pausedPingMs = 500;
const silenceMs = 60_000;
/** No more pings are sent when this many bytes already wait to be written. */
const pingBytes = 64 * 1024;
/** RFC 6455, section 5.5: a control frame holds 125 bytes, two of which are the code. */
const reasonBytes = 123;
/** A peer that does not answer the close within this time is cut. */
const closingMs = 2_000;

export const closeCodes = { normal: 1000, goingAway: 1001, protocolError: 1002, policyViolation: 1008, failure: 1011 } as const;

interface Closed {
  /** True when the server has closed the connection, because it stops or the credentials were revoked; the peer has not gone away. */
  byServer: boolean;
}

export class WebSocketConnection {
  /** Resolves when the connection is over, however. */
  readonly closed: Promise<Closed>;
  private byServer = false;
  private waiting = 0;
  private delivery: Promise<void> = Promise.resolve();
  private heardMs = performance.now();
  private pingedMs = performance.now();

  /** `socket`: its connection, where frames are written as they are on the wire. */
  constructor(
    private readonly peer: WebSocket,
    private readonly socket: Socket | null = null,
  ) {
    peer.on('error', () => {});
    const hear = () => {
      this.heardMs = performance.now();
    };
    peer.on('pong', hear).on('message', hear);
    const timer = setInterval(() => this.watch(), pausedPingMs);
    this.closed = new Promise((resolve) =>
      peer.once('close', () => {
        clearInterval(timer);
        resolve({ byServer: this.byServer });
      }),
    );
  }

  /**
   * Hands on the frames one after the other; the next follows when the promise of the last is fulfilled. An error that `take` throws closes the connection, a
   * CodedError as a fault of the client.
   */
  receive(take: (frame: Buffer, binary: boolean) => Promise<void> | void): void {
    this.peer.on('message', (data: RawData, binary) => {
      const frame = data as Buffer;
      this.waiting += frame.length;
      if (this.waiting > waitingBytes) this.peer.pause();
      this.delivery = this.delivery.then(async () => {
        await take(frame, binary);
        this.waiting -= frame.length;
        if (this.waiting <= waitingBytes) this.peer.resume();
      });
      this.delivery.catch((error: Error) => {
        this.close(error instanceof CodedError ? closeCodes.protocolError : closeCodes.failure, error.message);
      });
    });
    this.peer.resume();
  }

  /** Resolves when all frames that have arrived were taken. */
  async delivered(): Promise<void> {
    await this.delivery.catch(() => {});
  }

  /** Sends one frame; resolves when the system has taken the frame, with false when nobody will read it any more. */
  send(bytes: Buffer, binary = true): Promise<boolean> {
    return new Promise((resolve) => {
      this.peer.send(bytes, { binary }, (error) => resolve(!error));
    });
  }

  /** Writes frames as `textFrame` makes them, which many connections may share; false: the peer takes less than is written. */
  writeFrames(frames: Buffer): boolean {
    return this.peer.readyState !== this.peer.OPEN || (this.socket?.write(frames) ?? true);
  }

  /** Resolves when the peer can take more, or is gone. */
  drained(): Promise<void> {
    return emptied(this.socket);
  }

  /** The reason is cut to what a close frame holds. */
  close(code: number, reason = ''): void {
    if (this.peer.readyState > this.peer.OPEN) return;
    this.byServer ||= code === closeCodes.goingAway || code === closeCodes.policyViolation;
    this.peer.resume();
    this.peer.close(code, cutText(reason, reasonBytes));
    const timer = setTimeout(() => this.peer.terminate(), closingMs);
    void this.closed.then(() => clearTimeout(timer));
  }

  /** While frames wait on either side, a pong cannot be seen; then a failing write shows that the peer is gone. */
  private watch(): void {
    const { isPaused, bufferedAmount } = this.peer;
    const nowMs = performance.now();
    if (isPaused || bufferedAmount > 0) this.heardMs = nowMs;
    if (nowMs - this.heardMs > silenceMs) return this.peer.terminate();
    if (bufferedAmount >= pingBytes || (!isPaused && nowMs - this.pingedMs < pingMs)) return;
    this.pingedMs = nowMs;
    this.peer.ping();
  }
}

/** A text as a frame of the server on the wire, RFC 6455, section 5.2: whole, and neither masked nor compressed. */
export function textFrame(text: Buffer): Buffer {
  const { length } = text;
  if (length < 126) return Buffer.concat([Buffer.of(0x81, length), text]);
  const head = Buffer.alloc(length < 2 ** 16 ? 4 : 10);
  head[0] = 0x81;
  head[1] = head.length === 4 ? 126 : 127;
  if (head.length === 4) head.writeUInt16BE(length, 2);
  else head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, text]);
}

/** Cuts the text to at most `bytes` bytes of UTF-8, without half a character at the end. */
function cutText(text: string, bytes: number): string {
  const whole = Buffer.from(text);
  if (whole.length <= bytes) return text;
  let end = bytes;
  while ((whole[end] & 0xc0) === 0x80) end--;
  return whole.subarray(0, end).toString();
}
