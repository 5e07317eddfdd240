// What the tabs of a browser and the one who holds its connection say to each other.

/** A CloudEvent as the server sends it (docs/behaviour/events.md). */
export interface LiveEvent {
  /** Of a piece of a log: RUN:POINT, where the point grows. */
  id: string;
  /** Without `io.process-registry.` and `.v1`. */
  type: string;
  subject?: string;
  time?: string;
  data?: Record<string, unknown> | string;
  data_base64?: string;
}

/** Connecting at first, and whenever the connection was lost; offline: the server has not answered for a while. */
export type LiveState = 'connecting' | 'open' | 'offline' | 'signed-out';

/** From a tab: all that it wants, whenever this changes. */
export interface TabWishes {
  basePath: string;
  key: string;
  /** The ids of the runs whose logs it shows. */
  runs: string[];
  /** Somebody looks at it, or wants to be told. */
  isVisible: boolean;
  /** The tab has been closed. */
  isGone?: true;
}

/** To a tab. */
export type LiveMessage =
  | { kind: 'events'; events: LiveEvent[] }
  | { kind: 'state'; state: LiveState }
  /** The log of this run comes once more from its beginning: what the tab has is to be left out. */
  | { kind: 'again'; run: string }
  /** The log of this run cannot be followed (any more). */
  | { kind: 'refused'; run: string };
