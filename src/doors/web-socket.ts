// One WebSocket: frames in and out at the speed of whoever takes them, bounded in size, watched for a peer that is gone.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { CodedError } from '../protocol/coded-error.js';
import { demandUpgrade, takeUpgrade } from './upgrade.js';

/** A larger frame closes the connection with 1009. */
const frameBytes = 2 ** 20;
/** Frames that wait for their taker; beyond it the socket is not read. */
const waitingBytes = 2 ** 20;
/** A write to a peer that is gone fails soon; one whose network is gone is given up after this silence. */
const pingMs = 5_000;
/** While the socket is not read, writes alone tell that the peer is gone: the first is refused, the second fails. */
const pausedPingMs = 500;
const silenceMs = 60_000;
/** No more pings are added when so much waits already. */
const pingBytes = 64 * 1024;
/** RFC 6455, section 5.5: a control frame holds 125 bytes, two of which are the code. */
const reasonBytes = 123;
/** A peer that does not answer the close is cut. */
const closingMs = 2_000;

export const closeCodes = { normal: 1000, goingAway: 1001, protocolError: 1002, failure: 1011 } as const;

const server = new WebSocketServer({
  noServer: true,
  clientTracking: false,
  maxPayload: frameBytes,
  perMessageDeflate: false,
  // what was chosen is asked for again, since ws takes the choice from here alone
  handleProtocols: (asked, request) => chosenProtocol([...asked], spoken.get(request) ?? []) ?? false,
});
const spoken = new WeakMap<object, string[]>();

function chosenProtocol(asked: string[], known: string[]): string | undefined {
  return known.find((name) => asked.includes(name));
}

/**
 * What can be refused of the handshake is refused here: upgrade_required, invalid_request. Then the handler refuses or starts what it
 * must, and calls what this returns: it answers 101, and gives null when the client went away meanwhile. `protocols` are the subprotocols
 * that are spoken; a client that asks for others only is refused, one that asks for none is not.
 */
export function webSocketOf(request: FastifyRequest, reply: FastifyReply, protocols: string[] = []): () => Promise<WebSocketLine | null> {
  demandUpgrade(request, reply);
  checkHandshake(request, protocols);
  return () => {
    let line: WebSocketLine | undefined;
    const { socket, head } = takeUpgrade(request, reply, () => line?.close(closeCodes.goingAway, 'the server is stopping'));
    spoken.set(request.raw, protocols);
    return new Promise((resolve) => {
      if (socket.destroyed) return resolve(null);
      socket.once('close', () => resolve(null));
      server.handleUpgrade(request.raw, socket, head, (peer) => {
        line = new WebSocketLine(peer);
        resolve(line);
      });
    });
  };
}

function checkHandshake({ headers }: FastifyRequest, protocols: string[]): void {
  const key = headers['sec-websocket-key'];
  if (headers['sec-websocket-version'] !== '13' || typeof key !== 'string' || !/^[+/0-9A-Za-z]{22}==$/.test(key))
    throw new CodedError('invalid_request', 'the handshake needs Sec-WebSocket-Version: 13 and a Sec-WebSocket-Key of 16 bytes in base64');
  const asked = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  if (asked[0] !== '' && protocols.length > 0 && !chosenProtocol(asked, protocols))
    throw new CodedError('invalid_request', `the subprotocol '${asked.join(', ')}' is not spoken here; spoken are ${protocols.join(', ')}`);
}

interface Closed {
  /** The server stops; its peer has not gone away. */
  serverStops: boolean;
}

export class WebSocketLine {
  /** Resolves when the connection is over, however. */
  readonly closed: Promise<Closed>;
  private serverStops = false;
  private waiting = 0;
  private delivery: Promise<void> = Promise.resolve();
  private heardMs = performance.now();
  private pingedMs = performance.now();

  constructor(private readonly peer: WebSocket) {
    peer.on('error', () => {});
    const hear = () => {
      this.heardMs = performance.now();
    };
    peer.on('pong', hear).on('message', hear);
    const timer = setInterval(() => this.watch(), pausedPingMs);
    this.closed = new Promise((resolve) =>
      peer.once('close', () => {
        clearInterval(timer);
        resolve({ serverStops: this.serverStops });
      }),
    );
  }

  /**
   * The frames, one after the other; the next is handed on when the promise of the last is kept. What it throws closes the line, a
   * CodedError as a fault of the client's.
   */
  receive(take: (frame: Buffer) => Promise<void> | void): void {
    this.peer.on('message', (data: RawData) => {
      const frame = data as Buffer;
      this.waiting += frame.length;
      if (this.waiting > waitingBytes) this.peer.pause();
      this.delivery = this.delivery.then(async () => {
        await take(frame);
        this.waiting -= frame.length;
        if (this.waiting <= waitingBytes) this.peer.resume();
      });
      this.delivery.catch((error: Error) => {
        this.close(error instanceof CodedError ? closeCodes.protocolError : closeCodes.failure, error.message);
      });
    });
  }

  /** One binary frame; resolves when the system has taken it, with false when nobody will read it any more. */
  send(bytes: Buffer): Promise<boolean> {
    return new Promise((resolve) => {
      this.peer.send(bytes, { binary: true }, (error) => resolve(!error));
    });
  }

  /** The reason is cut to what a close frame holds. */
  close(code: number, reason = ''): void {
    if (this.peer.readyState > this.peer.OPEN) return;
    this.serverStops ||= code === closeCodes.goingAway;
    this.peer.resume();
    this.peer.close(code, cutText(reason, reasonBytes));
    const timer = setTimeout(() => this.peer.terminate(), closingMs);
    void this.closed.then(() => clearTimeout(timer));
  }

  /** While frames wait on either side no pong can be seen: then a write that fails tells. */
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

/** At most so many bytes of UTF-8, without half a character at the end. */
function cutText(text: string, bytes: number): string {
  const whole = Buffer.from(text);
  if (whole.length <= bytes) return text;
  let end = bytes;
  while ((whole[end] & 0xc0) === 0x80) end--;
  return whole.subarray(0, end).toString();
}
