// The messages of pRPC, the protocol of pRouter and its agents: each message is one binary frame of a WebSocket and holds a MessagePack list.
import { decode, encode } from '@msgpack/msgpack';
import { isObject } from '../http/json-body.js';
import { CodedError } from '../model/coded-error.js';
import { jsonFault } from '../model/strict-json.js';
import { isLargeItem, structureBytes } from './large-item.js';
import type { Item } from './message-queue.js';

/** The subprotocol of the WebSocket. */
export const subprotocol = 'v1.prpc.datadvance';
export const protocolVersion = 1;

/** The first element of a message. The first five go from the caller to the called side, the others back. */
export const kinds = {
  handshake: 1,
  call: 2,
  cancel: 3,
  item: 4,
  itemsEnd: 5,
  welcome: 6,
  result: 7,
  reply: 8,
  repliesEnd: 9,
} as const;

/** Which streams a call has, as the caller sees it. */
export const callTypes = { unary: 20, incoming: 30, outgoing: 40, both: 50 } as const;
export type CallType = (typeof callTypes)[keyof typeof callTypes];

export const statuses = { success: 0, methodError: 10, methodNotFound: 20, serverError: 30 } as const;

/** Kind, id of the call, and further elements that depend on the kind. */
export type Message = [kind: number, id: number, ...more: unknown[]];

/** The identity of one side, as both sides send it when they meet. */
export interface Handshake {
  auth: { uid: string; name: string; token?: string };
  platform: Record<string, unknown>;
  /** Only agents have properties. */
  properties?: Record<string, unknown>;
}

export function pack(value: unknown): Buffer {
  const bytes = encode(value);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Binary values come as Buffer. Throws invalid_request. */
export function unpack(bytes: Uint8Array): unknown {
  try {
    return decode(bytes);
  } catch (error) {
    throw new CodedError('invalid_request', `a frame is not valid MessagePack: ${(error as Error).message}`);
  }
}

/** Throws invalid_request for a frame that is not a message, or that is too large. */
export function readMessage(frame: Buffer, boundBytes = structureBytes): Message {
  if (frame.length > boundBytes && !isLargeItem(frame, [kinds.item, kinds.reply]))
    throw new CodedError('invalid_request', `a message of ${frame.length} bytes is too large; at most ${boundBytes} are allowed`);
  const message = unpack(frame);
  if (!Array.isArray(message) || message.length < 2 || !isCount(message[0]) || !isCount(message[1]))
    throw new CodedError('invalid_request', 'a message must be a list of its kind, its id and further elements');
  return message as Message;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Reads `[version, connection id, identity]`. Throws invalid_request. */
export function readHandshake(told: unknown): { connectionId: unknown; peer: Handshake } {
  const [version, connectionId, peer] = Array.isArray(told) ? told : [];
  if (version !== protocolVersion)
    throw new CodedError('invalid_request', `unknown protocol version ${String(version)}; this server supports ${protocolVersion}`);
  const { auth, platform = {}, properties } = isObject(peer) ? peer : {};
  const { uid, name, token } = isObject(auth) ? auth : {};
  const known = isText(uid) && uid !== '' && isText(name) && isObject(platform) && !jsonFault({ platform, properties });
  if (!known || !(token === undefined || isText(token)) || !(properties === undefined || isObject(properties)))
    throw new CodedError('invalid_request', 'a handshake must have auth with uid, name and token; platform and properties must be objects');
  return {
    connectionId,
    peer: { auth: { uid, name, ...(token !== undefined && { token }) }, platform, ...(properties && { properties }) },
  };
}

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** The failure of a call on the other side. `causeType` is the class of the error there, or our error code. */
export class RemoteError extends Error {
  constructor(
    readonly status: number,
    readonly causeType: string,
    readonly causeMessage: string,
  ) {
    super(causeMessage);
  }
}

/** Reads `[message, type, text, trace]`, of which any may be null. */
export function readError(status: unknown, told: unknown): RemoteError {
  const [message, type, text] = Array.isArray(told) ? told : [];
  return new RemoteError(
    typeof status === 'number' ? status : statuses.serverError,
    isText(type) ? type : '',
    isText(text) && text !== '' ? text : isText(message) ? message : 'no reason given',
  );
}

/** The item of a message. Throws invalid_request where there is none. */
export function itemOf([, , item]: Message): Item {
  if (item === undefined) throw new CodedError('invalid_request', 'an item is missing');
  return item as Item;
}
