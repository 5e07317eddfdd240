// The framed log of a run: what the program wrote, stream by stream, in the order in which it was read.
// A frame is a 16-byte head (stream 1 byte, 3 bytes zero, length uint32, time float64 ms since 1970, little endian) and its bytes.

export const frameHeadBytes = 16;
export const logStreams = ['stdout', 'stderr'] as const;
export type LogStream = (typeof logStreams)[number];

export interface FrameHead {
  stream: LogStream;
  timeMs: number;
  lengthBytes: number;
}

export function encodeFrame(stream: LogStream, timeMs: number, bytes: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(frameHeadBytes + bytes.length);
  frame.writeUInt32LE(logStreams.indexOf(stream), 0);
  frame.writeUInt32LE(bytes.length, 4);
  frame.writeDoubleLE(timeMs, 8);
  bytes.copy(frame, frameHeadBytes);
  return frame;
}

/** The head that begins at `offset`; the caller has checked that 16 bytes are there. */
export function decodeHead(buffer: Buffer, offset: number): FrameHead {
  return {
    stream: logStreams[buffer.readUInt32LE(offset)],
    lengthBytes: buffer.readUInt32LE(offset + 4),
    timeMs: buffer.readDoubleLE(offset + 8),
  };
}
