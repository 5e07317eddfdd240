// Follows the log of a run and searches it, without holding up the page: some milliseconds of work at a time.
import { followLog } from '../../api/live.js';
import { LogFeed } from './log-feed.js';
import { LogSearch } from './log-search.js';

const turnMs = 8;

export class LogReader {
  /** The log cannot be read, or the run has been removed. */
  isRefused = false;
  search: LogSearch | null = null;
  private readonly feed = new LogFeed();
  private readonly listeners = new Set<() => void>();
  private readonly leave: () => void;
  private isWorking = false;

  constructor(run: string) {
    this.leave = followLog(run, {
      events: (events) => this.hear(() => this.feed.take(events)),
      again: () => this.hear(() => this.feed.again()),
      refused: () => {
        this.isRefused = true;
        this.tell();
      },
    });
  }

  get text() {
    return this.feed.text;
  }

  get hasEnded(): boolean {
    return this.feed.hasEnded;
  }

  /** Calls `listener` after each turn in which something has changed. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  find(query: string): void {
    this.search = query === '' ? null : new LogSearch(this.text, query);
    this.hear(() => this.tell());
  }

  close(): void {
    this.leave();
    this.listeners.clear();
  }

  private hear(take: () => void): void {
    take();
    if (this.isWorking) return;
    this.isWorking = true;
    setTimeout(() => this.work());
  }

  private work(): void {
    const untilMs = performance.now() + turnMs;
    this.feed.work(untilMs);
    this.search?.work(untilMs);
    this.tell();
    this.isWorking = !this.feed.isDone || this.search?.isDone === false;
    if (this.isWorking) setTimeout(() => this.work());
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
