// Which frames may be large: decoded, a list or a map takes fifty times its bytes, and a while; bytes and text take what they are.

/** Of any other frame: a body of JSON, with what a call adds to it. */
export const structureBytes = 2 ** 20 + 2 ** 16;

/** By the first byte of a number in MessagePack that does not stand for itself: how long it is. */
const numberLengths = new Map([
  [0xcc, 2],
  [0xcd, 3],
  [0xce, 5],
  [0xcf, 9],
]);
const listOfThree = 0x93;
const longBytesOrText = [0xc6, 0xdb];

/** A frame of `[kind, id, item]`, of one of these kinds, of which the item is bytes or text, up to the end of the frame. */
export function isLargeItem(frame: Buffer, itemKinds: number[]): boolean {
  const [first, kind, id] = frame;
  if (first !== listOfThree || !itemKinds.includes(kind)) return false;
  const at = 2 + (id < 0x80 ? 1 : (numberLengths.get(id) ?? frame.length));
  return longBytesOrText.includes(frame[at]) && at + 5 + frame.readUInt32BE(at + 1) === frame.length;
}
