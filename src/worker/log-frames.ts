// Writes one frame of a run's log; model/read-frames reads such frames, and native/launcher writes the same format.

const frameHeadBytes = 16;
export type OutputStream = 'stdout' | 'stderr';

/** Stream (1 byte: 0 stdout, 1 stderr), 3 bytes of zero, length uint32, time float64 ms since 1970, little endian; the bytes. */
export function encodeFrame(stream: OutputStream, timeMs: number, bytes: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(frameHeadBytes + bytes.length);
  frame.writeUInt32LE(stream === 'stdout' ? 0 : 1, 0);
  frame.writeUInt32LE(bytes.length, 4);
  frame.writeDoubleLE(timeMs, 8);
  bytes.copy(frame, frameHeadBytes);
  return frame;
}
