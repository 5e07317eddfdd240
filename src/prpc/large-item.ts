// Which frames may be large: a decoded list or map takes fifty times its bytes, and time; bytes and text take no more than their size.

/** The bound of any other frame: a JSON body, with what a call adds to the body. */
export const structureBytes = 2 ** 20 + 2 ** 16;

/** The length of a number in MessagePack, by its first byte; a first byte that is missing here is the number itself. */
const numberLengths = new Map([
  [0xcc, 2],
  [0xcd, 3],
  [0xce, 5],
  [0xcf, 9],
]);
const listOfThree = 0x93;
const longBytesOrText = [0xc6, 0xdb];

/** Whether this is a frame `[kind, id, item]` of one of these kinds whose item is bytes or text up to the end of the frame. */
export function isLargeItem(frame: Buffer, itemKinds: number[]): boolean {
  const [first, kind, id] = frame;
  if (first !== listOfThree || !itemKinds.includes(kind)) return false;
  const at = 2 + (id < 0x80 ? 1 : (numberLengths.get(id) ?? frame.length));
  return longBytesOrText.includes(frame[at]) && at + 5 + frame.readUInt32BE(at + 1) === frame.length;
}
