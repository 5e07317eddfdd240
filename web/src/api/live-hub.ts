// Holds the connections of all tabs of a browser: over HTTP/1.1 there are six for a host, so that all tabs share one stream of events and logs.

import type { LiveEvent, LiveMessage, LiveState, TabWishes } from './live-messages.js';
import { LiveStream } from './live-stream.js';

interface Tab {
  wishes: TabWishes;
  say(message: LiveMessage): void;
}

/** So many logs in one stream (docs/behaviour/events.md). */
const logsPerStream = 16;
/** When no tab has been visible for so long, the connection is given up until one is. */
const hiddenMs = 5 * 60_000;

export class LiveHub {
  private readonly tabs = new Map<unknown, Tab>();
  private streams: { stream: LiveStream; runs: Set<string> }[] = [];
  private login = '';
  private state: LiveState = 'connecting';
  private hidden: ReturnType<typeof setTimeout> | undefined;

  /** `who` stands for the tab; it says everything it wants, each time. */
  hear(who: unknown, wishes: TabWishes, say: Tab['say']): void {
    // so that a tab which begins to read a log does not get what others were about to get
    for (const { stream } of this.streams) stream.flush();
    if (wishes.isGone) this.tabs.delete(who);
    const before = this.tabs.get(who)?.wishes.runs ?? [];
    if (!wishes.isGone) {
      this.tabs.set(who, { wishes, say });
      say({ kind: 'state', state: this.state });
    }
    const login = [...this.tabs.values()].find(({ wishes: { key } }) => key !== '')?.wishes;
    this.watchHidden();
    if (!login) return this.closeAll();
    if (this.login !== login.key || this.streams.length === 0) this.reopen(login);
    this.assign(
      login,
      wishes.runs.filter((run) => !before.includes(run)),
    );
  }

  private reopen(login: TabWishes): void {
    this.closeAll();
    this.login = login.key;
    this.openStream(login);
  }

  private openStream({ basePath, key }: TabWishes): { stream: LiveStream; runs: Set<string> } {
    const isFirst = this.streams.length === 0;
    const stream = new LiveStream(`${basePath}/api/event/`, key, {
      state: (state) => isFirst && this.tell({ kind: 'state', state }),
      events: (events) => this.pass(events, isFirst),
      refused: (run) => this.tell({ kind: 'refused', run }),
      again: (run) => this.tell({ kind: 'again', run }),
    });
    const opened = { stream, runs: new Set<string>() };
    this.streams.push(opened);
    void stream.run();
    return opened;
  }

  /** Gives each wanted log to a stream. One that another tab reads already is told again from its beginning. */
  private assign(login: TabWishes, added: string[]): void {
    const wanted = new Set([...this.tabs.values()].flatMap(({ wishes }) => wishes.runs));
    for (const one of this.streams) {
      const again = added.filter((run) => one.runs.has(run));
      const kept = [...one.runs].filter((run) => wanted.delete(run));
      const more = take(wanted, logsPerStream - kept.length);
      const isSame = kept.length === one.runs.size && more.length + again.length === 0;
      one.runs = new Set([...kept, ...more]);
      if (!isSame) one.stream.follow(one.runs, again);
    }
    while (wanted.size > 0) {
      const one = this.openStream(login);
      one.runs = new Set(take(wanted, logsPerStream));
      one.stream.follow(one.runs);
    }
  }

  private pass(events: LiveEvent[], isFirst: boolean): void {
    const isLog = ({ type }: LiveEvent) => type.startsWith('run.std') || type === 'run.log.ended';
    for (const { wishes, say } of this.tabs.values()) {
      const told = events.filter((event) => (isLog(event) ? wishes.runs.includes(event.subject ?? '') : isFirst));
      if (told.length > 0) say({ kind: 'events', events: told });
    }
  }

  private tell(message: LiveMessage): void {
    if (message.kind === 'state') this.state = message.state;
    for (const { say } of this.tabs.values()) say(message);
  }

  private watchHidden(): void {
    clearTimeout(this.hidden);
    if ([...this.tabs.values()].some(({ wishes }) => wishes.isVisible)) return;
    this.hidden = setTimeout(() => this.closeAll(), this.tabs.size === 0 ? 0 : hiddenMs);
  }

  /** A stream that is opened afterwards tells each log from its beginning. */
  private closeAll(): void {
    for (const { stream, runs } of this.streams) {
      stream.flush();
      stream.close();
      for (const run of runs) this.tell({ kind: 'again', run });
    }
    this.streams = [];
    this.login = '';
  }
}

/** Removes and returns the first `count`. */
function take(runs: Set<string>, count: number): string[] {
  const taken = [...runs].slice(0, count);
  for (const run of taken) runs.delete(run);
  return taken;
}
