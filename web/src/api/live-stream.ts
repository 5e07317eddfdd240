// One connection that is kept up: events, and the logs of some runs, each resumed where it was when the connection broke.
import type { LiveEvent, LiveState } from './live-messages.js';
import { type ServerEvent, serverEvents } from './sse.js';

export interface StreamListener {
  state(state: LiveState): void;
  events(events: LiveEvent[]): void;
  refused(run: string): void;
  /** The log of this run is told from its beginning from here on. */
  again(run: string): void;
}

const typeForm = /^io\.process-registry\.(.+)\.v1$/;
const retryMs = { first: 250, most: 5_000 };
/** As much is passed on at once: a tab that must read more in one go would stand still. */
const mostAtOnce = { events: 500, letters: 500_000 };
/** The server says something every 15 s: a connection that is silent for longer has not survived the sleep of the machine. */
const mostSilentMs = 45_000;
/** Without an answer for this long the page says that the server is away. */
const offlineAfterMs = 3_000;

export class LiveStream {
  private readonly left = new AbortController();
  /** Where the events continue, and each log: the parts of the last id. */
  private point = '';
  private readonly logPoints = new Map<string, string>();
  private lostAtMs = 0;
  private runs = new Set<string>();
  private request = new AbortController();
  /** What arrives together is passed on together. */
  private waiting: LiveEvent[] = [];
  private waitingLetters = 0;

  constructor(
    private readonly address: string,
    private readonly key: string,
    private readonly listener: StreamListener,
  ) {}

  /** Resolves when the stream is closed. */
  async run(): Promise<void> {
    // what is to be followed is said in the same turn
    await null;
    for (let delayMs = retryMs.first; !this.left.signal.aborted; ) {
      const answered = await this.connect();
      if (this.left.signal.aborted) return;
      if (this.request.signal.aborted) continue;
      if (this.lostAtMs === 0) this.lostAtMs = Date.now();
      this.listener.state(Date.now() - this.lostAtMs > offlineAfterMs ? 'offline' : 'connecting');
      delayMs = answered ? retryMs.first : Math.min(retryMs.most, delayMs * 1.7);
      await pause(delayMs * (0.7 + 0.6 * Math.random()), this.left.signal);
    }
  }

  /** Begins again from where it is, with these runs. A run in `again` is told from its beginning. */
  follow(runs: Iterable<string>, again: string[] = []): void {
    this.flush();
    this.runs = new Set(runs);
    for (const run of this.logPoints.keys()) if (!this.runs.has(run)) this.logPoints.delete(run);
    for (const run of again) this.beginAgain(run);
    this.request.abort();
  }

  /** Passes on what has arrived. */
  flush(): void {
    this.waitingLetters = 0;
    if (this.waiting.length > 0) this.listener.events(this.waiting.splice(0));
  }

  close(): void {
    this.left.abort();
    this.request.abort();
  }

  /** False: the server has not answered. */
  private async connect(): Promise<boolean> {
    this.request = new AbortController();
    const { signal } = this.request;
    try {
      const response = await fetch(this.url, { headers: this.headers, signal });
      if (!response.ok) return await this.refuse(response);
      this.lostAtMs = 0;
      this.listener.state('open');
      await this.read(response, signal);
      return true;
    } catch {
      return false;
    }
  }

  private get url(): string {
    return `${this.address}${this.runs.size > 0 ? `?run=${[...this.runs].join(',')}` : ''}`;
  }

  private get headers(): Record<string, string> {
    const headers = { Accept: 'text/event-stream', 'X-Session-Key': this.key };
    if (this.point === '') return headers;
    const logs = [...this.logPoints].filter(([run]) => this.runs.has(run)).map(([run, point]) => `;${run}:${point}`);
    return { ...headers, 'Last-Event-ID': this.point + logs.join('') };
  }

  private async read(response: Response, signal: AbortSignal): Promise<void> {
    const request = this.request;
    let silent: ReturnType<typeof setTimeout> | undefined;
    signal.addEventListener('abort', () => clearTimeout(silent));
    for await (const event of serverEvents(response)) {
      if (signal.aborted) return;
      clearTimeout(silent);
      silent = setTimeout(() => request.abort(), mostSilentMs);
      this.note(event);
      const told = eventOf(event);
      if (!told) continue;
      if (this.waiting.push(told) === 1) setTimeout(() => this.flush(), 0);
      this.waitingLetters += event.data.length;
      if (this.waiting.length >= mostAtOnce.events || this.waitingLetters > mostAtOnce.letters) this.flush();
    }
  }

  private beginAgain(run: string): void {
    if (this.logPoints.delete(run)) this.listener.again(run);
  }

  private note({ id }: ServerEvent): void {
    if (id === undefined) return;
    const [point, ...logs] = id.split(';');
    this.point = point;
    for (const log of logs) {
      const colon = log.indexOf(':');
      this.logPoints.set(log.slice(0, colon), log.slice(colon + 1));
    }
  }

  private async refuse(response: Response): Promise<boolean> {
    const text = await response.text();
    if (response.status === 401) {
      this.listener.state('signed-out');
      this.close();
      return true;
    }
    if (response.status === 400) {
      this.point = '';
      for (const run of this.runs) this.beginAgain(run);
      return false;
    }
    // a run has been removed, or was never to be seen: the answer names it
    const named = [...this.runs].filter((run) => text.includes(run));
    const refused = named.length > 0 || ![403, 404].includes(response.status) ? named : [...this.runs];
    for (const run of refused) {
      this.runs.delete(run);
      this.listener.refused(run);
    }
    return refused.length > 0;
  }
}

function eventOf({ data }: ServerEvent): LiveEvent | null {
  if (data === '') return null;
  const event = JSON.parse(data) as LiveEvent;
  return { ...event, type: typeForm.exec(event.type)?.[1] ?? event.type };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const stop = () => {
      clearTimeout(timer);
      resolve();
    };
    signal.addEventListener('abort', stop, { once: true });
  });
}
