// The launchers of this DATA_DIR as keepers of the server's listening sockets: each learns when a server starts, which sockets to keep, and when the server ends.
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

/** The first pause before looking for a launcher that replaces another one; the pauses double up to the second value. */
const [firstLookMs, longestLookMs] = [100, 2000];

export interface KeepingTerms {
  /** How long clients wait when this process is killed. */
  waitMs: number;
  /** The pid of the launcher that starts programs. */
  launcherPid: () => number | undefined;
  /** The pids of detached runs, which no launcher knows. */
  orphans: () => number[];
  /** Reports why a launcher does not keep the sockets for now. */
  tellFault: (fault: string) => void;
}

export class ListenerKeepers {
  private readonly lines = new Map<string, Socket>();
  /** The listener sockets of launchers that hold sockets of an earlier server. */
  private readonly full: string[] = [];
  /** The listener sockets of launchers that hold all kept sockets. */
  private readonly holding = new Set<string>();
  private kept: Server[] = [];
  private isLooking = false;
  private closed = false;

  constructor(
    private readonly place: ListenerSocketPlace,
    private readonly terms: KeepingTerms,
  ) {}

  /** From now on clients wait for this server, where an earlier server has left its sockets. */
  async meet(): Promise<void> {
    for (const socketName of listenerSocketsIn(this.place.runsRoot)) if (!this.lines.has(socketName)) await this.meetOne(socketName);
  }

  /** Takes the sockets of an earlier server from one launcher: `found` is called with each. */
  async take(found: (listener: Server) => void): Promise<void> {
    const [socketName] = this.full;
    if (socketName === undefined) return;
    await takeListeners(this.place, socketName, found);
    this.holding.add(socketName);
  }

  /** Once this has resolved, no launcher keeps sockets of an earlier server. */
  async drop(): Promise<void> {
    this.holding.clear();
    await Promise.all([...this.lines.values()].map(droppedBy));
  }

  /** Has these listeners kept from now on, also after the end of a launcher. A launcher that cannot take them now is tried again. */
  async keep(listeners: Server[]): Promise<void> {
    this.kept = listeners;
    for (const socketName of this.lines.keys()) {
      await this.giveTo(socketName).catch((error: Error) => {
        this.terms.tellFault(error.message);
        void this.meetAgain();
      });
    }
  }

  /** Reports a detached run, which no launcher knows: the server's address is not free while the run lives. */
  mind(pid: number): void {
    for (const line of this.lines.values()) line.write(listenerMessage('mind', pid));
  }

  /** The server ends: clients wait for the next server for `waitMs`, and not at all with 0. */
  leave(waitMs: number): void {
    this.closed = true;
    for (const line of this.lines.values()) {
      line.write(listenerMessage('serve', waitMs));
      // with another value only the end of this process closes the line, and the time begins then
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

  /** A launcher has ended: the launcher that replaces it, which is started for runs, gets all listeners. */
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
