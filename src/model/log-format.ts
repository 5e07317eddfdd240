// The framed log of a run: what the program wrote, stream by stream, in the order in which it was read.
// Launchers write this log (worker/log-frames, native/launcher/output.c). A frame is a 16-byte head (stream 1 byte, 3 bytes zero, length uint32, time float64 ms since 1970, little endian) and its bytes.

export const frameHeadBytes = 16;
export const logStreams = ['stdout', 'stderr'] as const;
export type LogStream = (typeof logStreams)[number];

export interface FrameHead {
  stream: LogStream;
  timeMs: number;
  lengthBytes: number;
}

/** The head that begins at `offset`; the caller has checked that 16 bytes are there. */
export function decodeHead(buffer: Buffer, offset: number): FrameHead {
  return {
    stream: logStreams[buffer.readUInt32LE(offset)],
    lengthBytes: buffer.readUInt32LE(offset + 4),
    timeMs: buffer.readDoubleLE(offset + 8),
  };
}

/** How many bytes of stdout and of stderr whole frames hold. */
export function streamSizes(frames: Buffer): [number, number] {
  const sizes: [number, number] = [0, 0];
  for (let at = 0; at + frameHeadBytes <= frames.length; ) {
    const lengthBytes = frames.readUInt32LE(at + 4);
    at += frameHeadBytes + lengthBytes;
    if (at <= frames.length) sizes[frames[at - frameHeadBytes - lengthBytes]] += lengthBytes;
  }
  return sizes;
}
