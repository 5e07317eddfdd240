// The messages of pRPC, with which pRouter and its agents speak: each one binary frame of a WebSocket, a MessagePack list.
import { decode, encode } from '@msgpack/msgpack';
import { isObject } from '../http/json-body.js';
import { CodedError } from '../model/coded-error.js';
import { jsonFault } from '../model/strict-json.js';
import { isLargeItem, structureBytes } from './large-item.js';
import type { Item } from './message-queue.js';

/** The subprotocol of the WebSocket. */
export const subprotocol = 'v1.prpc.datadvance';
export const protocolVersion = 1;

/** The first element of a message. The first five go from who calls to who is called, the others back. */
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

/** Kind, id of the call, and what the kind has besides. */
export type Message = [kind: number, id: number, ...more: unknown[]];

/** Who somebody is, as both sides say it when they meet. */
export interface Handshake {
  auth: { uid: string; name: string; token?: string };
  platform: Record<string, unknown>;
  /** Only agents have them. */
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
    throw new CodedError('invalid_request', `a frame is no MessagePack: ${(error as Error).message}`);
  }
}

/** Throws invalid_request for what is no message, or a larger one than it may be. */
export function readMessage(frame: Buffer, boundBytes = structureBytes): Message {
  if (frame.length > boundBytes && !isLargeItem(frame, [kinds.item, kinds.reply]))
    throw new CodedError('invalid_request', `a message of ${frame.length} bytes is too large; ${boundBytes} are taken`);
  const message = unpack(frame);
  if (!Array.isArray(message) || message.length < 2 || !isCount(message[0]) || !isCount(message[1]))
    throw new CodedError('invalid_request', 'a message is a list of its kind, its id and more');
  return message as Message;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** `[version, connection id, who it is]`. Throws invalid_request. */
export function readHandshake(told: unknown): { connectionId: unknown; peer: Handshake } {
  const [version, connectionId, peer] = Array.isArray(told) ? told : [];
  if (version !== protocolVersion)
    throw new CodedError('invalid_request', `version ${String(version)} is not spoken here; it is ${protocolVersion}`);
  const { auth, platform = {}, properties } = isObject(peer) ? peer : {};
  const { uid, name, token } = isObject(auth) ? auth : {};
  const known = isText(uid) && uid !== '' && isText(name) && isObject(platform) && !jsonFault({ platform, properties });
  if (!known || !(token === undefined || isText(token)) || !(properties === undefined || isObject(properties)))
    throw new CodedError('invalid_request', 'a handshake has auth with uid, name and token; platform and properties are objects');
  return {
    connectionId,
    peer: { auth: { uid, name, ...(token !== undefined && { token }) }, platform, ...(properties && { properties }) },
  };
}

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** What went wrong with a call on the other side. `causeType` is the class of the error there, or the code of ours. */
export class RemoteError extends Error {
  constructor(
    readonly status: number,
    readonly causeType: string,
    readonly causeMessage: string,
  ) {
    super(causeMessage);
  }
}

/** `[message, type, text, trace]`, of which any may be null. */
export function readError(status: unknown, told: unknown): RemoteError {
  const [message, type, text] = Array.isArray(told) ? told : [];
  return new RemoteError(
    typeof status === 'number' ? status : statuses.serverError,
    isText(type) ? type : '',
    isText(text) && text !== '' ? text : isText(message) ? message : 'no reason given',
  );
}

/** Throws invalid_request where there is none. */
export function itemOf([, , item]: Message): Item {
  if (item === undefined) throw new CodedError('invalid_request', 'an item is missing');
  return item as Item;
}
