// The two ways on which events reach a reader: Server-Sent Events, and text frames of a WebSocket.
import type { SharedChunk } from '../../http/shared-chunk.js';
import { textFrame } from '../../http/web-socket-connection.js';

interface WireEvent {
  /** The event of SSE; left out: `message`. */
  name?: string;
  json: Buffer;
  /** The point at which a reader continues after this event. */
  resume: string;
}

export interface Wire {
  name: string;
  encode(event: WireEvent): Buffer;
  /** The same for all readers, who continue at the id of the event itself. */
  encodeShared(event: WireEvent): Buffer;
  /** Only the point; null where a reader would take it for an event. */
  point(resume: string): Buffer | null;
}

/** Where the events of one reader are written. */
export interface Outlet {
  wire: Wire;
  /** Writes complete events; false: the reader takes less than is written. */
  write(part: SharedChunk): boolean;
  /** Resolves when the reader can take more, or is gone. */
  drained(): Promise<void>;
  /** The server takes leave. */
  end(): void;
}

const sseEvent = ({ name, json, resume }: WireEvent) =>
  Buffer.concat([Buffer.from(`${name === undefined ? '' : `event: ${name}\n`}id: ${resume}\ndata: `), json, Buffer.from('\n\n')]);

/** An id without data is noted by the reader and is not an event (HTML, 9.2.6). */
export const sse: Wire = {
  name: 'sse',
  encode: sseEvent,
  encodeShared: sseEvent,
  point: (resume) => Buffer.from(`id: ${resume}\n\n`),
};

/** The point is an attribute of the event, an extension by CloudEvents. */
export const frames: Wire = {
  name: 'frames',
  encode: ({ json, resume }) => textFrame(Buffer.concat([json.subarray(0, -1), Buffer.from(`,"resume":${JSON.stringify(resume)}}`)])),
  encodeShared: ({ json }) => textFrame(json),
  point: () => null,
};
