// The format of the kept messages of a service: segments in a folder, each named after the id of its first message.
// An entry is a 32-byte head (id float64, position float64, time float64 ms since 1970, attempt uint32, length uint32, little
// endian) and its bytes. Ids count from 1 and continue over restarts of the service.

export const messageHeadBytes = 32;
/** When a segment has reached this size, the next one is begun. */
export const segmentBytes = 2 * 2 ** 20;
/** How many segments are kept: the oldest are removed first. */
export const segmentBound = 8;

/** `position`: the position in the input of the output adapter at which the next message of the same attempt begins. */
export interface KeptMessage {
  id: number;
  position: number;
  atMs: number;
  attempt: number;
  bytes: Buffer;
}

export function encodeMessage({ id, position, atMs, attempt, bytes }: KeptMessage): Buffer {
  const entry = Buffer.allocUnsafe(messageHeadBytes + bytes.length);
  entry.writeDoubleLE(id, 0);
  entry.writeDoubleLE(position, 8);
  entry.writeDoubleLE(atMs, 16);
  entry.writeUInt32LE(attempt, 24);
  entry.writeUInt32LE(bytes.length, 28);
  bytes.copy(entry, messageHeadBytes);
  return entry;
}

/** The length of the entry that begins at `offset`; the caller has checked that its head is there. */
export function entryBytes(block: Buffer, offset: number): number {
  return messageHeadBytes + block.readUInt32LE(offset + 28);
}

/** The entry at `offset`, which is whole. */
export function decodeMessage(block: Buffer, offset: number): KeptMessage {
  return {
    id: block.readDoubleLE(offset),
    position: block.readDoubleLE(offset + 8),
    atMs: block.readDoubleLE(offset + 16),
    attempt: block.readUInt32LE(offset + 24),
    bytes: block.subarray(offset + messageHeadBytes, offset + entryBytes(block, offset)),
  };
}

/** The first ids of the segments among the names of a folder, in order. */
export function segmentsAmong(names: string[]): number[] {
  return names
    .filter((name) => /^[1-9]\d*$/.test(name))
    .map(Number)
    .sort((one, other) => one - other);
}
