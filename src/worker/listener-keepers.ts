// The launchers of this DATA_DIR as keepers of the server's listening sockets: each is told that the server is there, what to keep, and how it goes.
import type { Server, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  connectListenerSocket,
  giveListeners,
  type ListenerSocketPlace,
  listenerMessage,
  listenerNumber,
  listenerSocketOf,
  listenerSocketsIn,
  takeListeners,
} from './listener-socket.js';

/** How soon a launcher that takes the place of another one is looked for; it doubles up to the second. */
const [firstLookMs, longestLookMs] = [100, 2000];

export interface KeepingTerms {
  /** How long clients wait when this process is killed. */
  waitMs: number;
  /** Of the one that starts programs. */
  launcherPid: () => number | undefined;
  /** The pids of runs that no launcher knows. */
  orphans: () => number[];
  /** Why one does not keep them for now. */
  tellFault: (fault: string) => void;
}

export class ListenerKeepers {
  private readonly lines = new Map<string, Socket>();
  /** The listener sockets behind which an earlier server has left something. */
  private readonly full: string[] = [];
  /** The listener sockets behind which all that is kept lies. */
  private readonly holding = new Set<string>();
  private kept: Server[] = [];
  private isLooking = false;
  private closed = false;

  constructor(
    private readonly place: ListenerSocketPlace,
    private readonly terms: KeepingTerms,
  ) {}

  /** From now on clients wait for this server, where one before it has left its sockets. */
  async meet(): Promise<void> {
    for (const socketName of listenerSocketsIn(this.place.runsRoot)) if (!this.lines.has(socketName)) await this.meetOne(socketName);
  }

  /** What an earlier server has left, of one launcher: `found` is called with each. */
  async take(found: (listener: Server) => void): Promise<void> {
    const [socketName] = this.full;
    if (socketName === undefined) return;
    await takeListeners(this.place, socketName, found);
    this.holding.add(socketName);
  }

  /** Nobody keeps any of it any more, once this has resolved. */
  async drop(): Promise<void> {
    this.holding.clear();
    await Promise.all([...this.lines.values()].map(droppedBy));
  }

  /** These, from now on; over the end of a launcher, too. Where one cannot take them now that is tried again. */
  async keep(listeners: Server[]): Promise<void> {
    this.kept = listeners;
    for (const socketName of this.lines.keys()) {
      await this.giveTo(socketName).catch((error: Error) => {
        this.terms.tellFault(error.message);
        void this.meetAgain();
      });
    }
  }

  /** A run that no launcher knows: its address is not free while it lives. */
  mind(pid: number): void {
    for (const line of this.lines.values()) line.write(listenerMessage('mind', pid));
  }

  /** The server ends: clients wait for the next one so long, and not at all with 0. */
  leave(waitMs: number): void {
    this.closed = true;
    for (const line of this.lines.values()) {
      line.write(listenerMessage('serve', waitMs));
      // else only the end of this process ends it, and the time begins then
      if (waitMs === 0) line.end();
    }
  }

  /** The server ends, and its address is free. */
  release(): void {
    this.closed = true;
    for (const line of this.lines.values()) line.end(listenerMessage('give'));
  }

  private async meetOne(socketName: string): Promise<void> {
    const line = await connectListenerSocket(this.place.runsRoot, socketName);
    if (!line) return;
    this.lines.set(socketName, line);
    line.on('error', () => {}).resume();
    line.once('close', () => {
      this.lines.delete(socketName);
      this.holding.delete(socketName);
      if (!this.closed) void this.meetAgain();
    });
    const count = listenerNumber(line);
    line.write(listenerMessage('serve', this.terms.waitMs));
    if ((await count) > 0) this.full.push(socketName);
    for (const pid of this.terms.orphans()) line.write(listenerMessage('mind', pid));
  }

  /** A launcher has gone: the one in its place, which is started for runs, gets all. */
  private async meetAgain(): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    const isMet = () => {
      const pid = this.terms.launcherPid();
      return pid !== undefined && (this.kept.length === 0 ? this.lines : this.holding).has(listenerSocketOf(pid));
    };
    for (let pauseMs = firstLookMs; !this.closed && !isMet(); pauseMs = Math.min(longestLookMs, pauseMs * 2)) {
      await sleep(pauseMs, undefined, { ref: false });
      await this.meet();
      await this.keep(this.kept);
    }
    this.isLooking = false;
  }

  private async giveTo(socketName: string): Promise<void> {
    if (this.holding.has(socketName) || this.kept.length === 0) return;
    await giveListeners(this.place, socketName, this.kept);
    this.holding.add(socketName);
  }
}

async function droppedBy(line: Socket): Promise<void> {
  const answered = listenerNumber(line);
  line.write(listenerMessage('give'));
  await answered;
}
