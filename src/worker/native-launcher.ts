// The client of the launcher in C, by which the server never forks and a run outlives the server. This file has its runs, and what happens to them
// when the connection ends.
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { CompactingMap } from '../model/compacting-map.js';
import { DetachedRun, type DetachedRunOptions } from './detached-run.js';
import { lostEnd } from './exit-record.js';
import { KeptConnection } from './kept-connection.js';
import { type KnownRun, LaunchError, type LaunchedProcess, type Launcher, type LaunchSpec } from './launcher.js';
import type { LauncherConnection, LauncherPlace } from './launcher-connection.js';
import { encodeLaunchFrame, type FrameFields, type FrameValue, largestFrameBytes, startFrame } from './launcher-frames.js';
import { NativeRun, type RunLine } from './native-run.js';
import { exitRecord, hasBegun, keptNote, leftLogBytes, removeRecoveryFiles, supervisorsNamed } from './run-recovery.js';
import { findLeft } from './run-supervisor.js';
import { startFailure } from './start-failure.js';

/** The time between two looks at a detached run. */
const lookMs = 50;
/** The time to the next look when nothing of the run was seen. */
const missedMs = 10;
/** How many such looks in a row end with giving up the run. */
const patience = 4;

interface Held {
  run: NativeRun;
  /** Null: the run was found again. */
  spec: LaunchSpec | null;
  terms: DetachedRunOptions;
  /** Set when the launcher of the run is gone. */
  detached: DetachedRun | null;
  /** Requests to the run between the end of its launcher and the search for its remaining process. */
  unsaid: FrameValue[][] | null;
  /** The stop request of the run: its launcher may have ended before it got the request. */
  stop: FrameValue[] | null;
}

export class NativeLauncher implements Launcher {
  readonly name = 'native';
  private readonly held = new CompactingMap<Held>();
  /** Runs of an earlier server that the launcher has let go of since its greeting. */
  private readonly gone = new Set<string>();
  private readonly kept: KeptConnection;
  private readonly line: RunLine = { send: (values, rest) => this.say(values, rest), launcherPid: () => this.pid ?? 0 };
  private closed = false;

  constructor(private readonly place: LauncherPlace) {
    this.kept = new KeptConnection(place, { hear: (fields) => this.hear(fields), gone: () => void this.loseLauncher() });
  }

  /** Valid once `connect` has resolved. */
  get instance(): string {
    const { pid, startTicks } = this.kept.greeting!;
    return `native ${pid}-${startTicks}-${this.boot}`;
  }
  /** The list of begun runs is complete as long as the machine has not been restarted. */
  private readonly boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').slice(0, 8);

  /** Connects to the launcher, or starts it; rejects when neither is possible. */
  async connect(): Promise<LauncherConnection> {
    return this.kept.open();
  }

  get fault(): string | null {
    return this.kept.fault;
  }

  set onFault(told: (fault: string | null) => void) {
    this.kept.onFault = told;
  }

  get pid(): number | undefined {
    return this.connection?.greeting.pid;
  }

  /** Called with the pid of each detached run, which continues without its launcher. */
  onOrphan: (pid: number) => void = () => {};

  get orphans(): number[] {
    return [...this.held.values()].filter(({ run, detached }) => detached && !run.over).map(({ run }) => run.pid);
  }

  async launch(spec: LaunchSpec): Promise<LaunchedProcess> {
    const frame = startFrame(spec);
    if (frame.length > largestFrameBytes) throw new LaunchError('E2BIG', 'its arguments and environment are too long');
    const connection = this.connection ?? (await this.connect().catch(noLauncher));
    const { runId, note } = spec;
    const stdin = spec.stdin === 'live' || spec.stdin === 'held' ? spec.stdin : null;
    const run = new NativeRun(runId, this.line, { logPath: this.logPath(runId), note, stdin });
    this.held.set(runId, { run, spec, terms: spec, detached: null, unsaid: null, stop: null });
    connection.send(frame);
    return run.launched;
  }

  async find(known: KnownRun): Promise<LaunchedProcess | null> {
    const { greeting } = await this.connect();
    const { runId } = known;
    const run = new NativeRun(runId, this.line, { logPath: this.logPath(runId), stdin: 'held' });
    Object.assign(run, { pid: known.pid ?? 0, startedAtMs: known.startedAtMs ?? 0 });
    const held: Held = { run, spec: null, terms: known, detached: null, unsaid: null, stop: null };
    this.held.set(runId, held);
    if (greeting.runIds.has(runId) && !this.gone.delete(runId)) {
      this.connection?.send(encodeLaunchFrame(['again', runId]));
      return run.launched;
    }
    let isFound = false;
    try {
      isFound = await this.look(held, known);
    } finally {
      if (!isFound) this.held.delete(runId);
    }
    return isFound ? run.launched : null;
  }

  mayHaveBegun(runId: string, instance: string | null): boolean {
    return !instance?.endsWith(`-${this.boot}`) || hasBegun(this.place.runsRoot, runId);
  }

  close(): void {
    this.closed = true;
    this.kept.close();
  }

  private get connection(): LauncherConnection | null {
    return this.kept.current;
  }

  private hear(fields: FrameFields): void {
    const name = fields.text();
    const runId = fields.text();
    const held = this.held.get(runId);
    if (!held && name === 'gone') this.gone.add(runId);
    if (!held) return;
    try {
      held.run.hear(name, fields);
    } catch {
      // the launcher's frame about this run cannot be read
      return this.lose(held.run);
    }
    if (name === 'failed') this.held.delete(held.run.runId);
    if (name === 'gone' && !held.run.over) void this.pursue(held);
  }

  /** The launcher was killed: its runs are followed by their processes and records; another launcher takes the next runs. */
  private async loseLauncher(): Promise<void> {
    if (this.closed) return;
    const open = this.held.values().filter(({ run, detached }) => !run.over && !detached);
    for (const held of open) held.unsaid = held.stop ? [held.stop] : [];
    await this.connect().catch(() => {});
    for (const held of open) void this.pursue(held);
  }

  private async pursue(held: Held): Promise<void> {
    const { run, spec } = held;
    const isFound = await this.look(held, { pid: run.pid || null, startedAtMs: run.startedAtMs || null }).catch(() => this.lose(run));
    if (isFound || run.over) return;
    if (!spec || hasBegun(this.place.runsRoot, run.runId)) return this.lose(run);
    if (!this.connection) return this.refuse(run);
    run.dropInput();
    this.connection.send(startFrame(spec));
    this.sayWhatWaits(held);
  }

  /** True when the run has ended with a record, or continues and is watched from now on. */
  private async look(held: Held, known: Pick<KnownRun, 'pid' | 'startedAtMs'>): Promise<boolean> {
    const { run, terms } = held;
    const { runsRoot } = this.place;
    await supervisorsNamed(runsRoot, this.pid ?? 0);
    for (let misses = 0; misses < patience; misses++) {
      const record = exitRecord(runsRoot, run.runId);
      if (record) {
        run.end(record);
        return true;
      }
      const left = await findLeft(runsRoot, { runId: run.runId, ...known });
      if (left) {
        held.detached = new DetachedRun(left, terms, runsRoot);
        run.note ||= keptNote(runsRoot, run.runId);
        Object.assign(run, { pid: left.pid, startedAtMs: run.startedAtMs || (left.supervisor?.startedAtMs ?? Date.now()) });
        this.onOrphan(left.pid);
        this.sayWhatWaits(held);
        this.watch(run, held.detached).catch(() => this.lose(run));
        return true;
      }
      await pause(missedMs);
    }
    return false;
  }

  /** Watches the run until its record is there, or nothing of the run is left. */
  private async watch(run: NativeRun, detached: DetachedRun): Promise<void> {
    run.adopted();
    const { startedAtMs } = run;
    for (let misses = 0; misses < patience && !this.closed; ) {
      const record = exitRecord(this.place.runsRoot, run.runId);
      if (record) return run.end(record);
      run.grown(leftLogBytes(this.place.runsRoot, run.runId));
      const alive = detached.lives(startedAtMs);
      misses = alive ? 0 : misses + 1;
      if (alive) detached.keepTime(startedAtMs);
      await pause(misses === 0 ? lookMs : missedMs);
    }
    if (!this.closed) this.lose(run);
  }

  private refuse(run: NativeRun): void {
    run.fail('ECONNREFUSED', 'launcher');
    this.held.delete(run.runId);
  }

  private lose(run: NativeRun): void {
    const logBytes = leftLogBytes(this.place.runsRoot, run.runId);
    run.end({ end: lostEnd(run.startedAtMs || Date.now()), note: run.note, logBytes });
  }

  /** The second value of each request is the id of its run. */
  private say(values: FrameValue[], rest?: Buffer): void {
    const runId = String(values[1]);
    const held = this.held.get(runId);
    if (values[0] === 'forget') {
      this.held.delete(runId);
      if (held?.spec === null || held?.detached) removeRecoveryFiles(this.place.runsRoot, runId);
    }
    if (held && values[0] === 'stop') held.stop = values;
    if (held?.unsaid) return void held.unsaid.push(values);
    if (held?.detached) return held.detached.say(values);
    if (values[0] === 'forget') this.connection?.sendLater(encodeLaunchFrame(values));
    else this.connection?.send(encodeLaunchFrame(values, rest));
  }

  private sayWhatWaits(held: Held): void {
    const { unsaid } = held;
    held.unsaid = null;
    for (const values of unsaid ?? []) this.say(values);
  }

  private logPath(runId: string): string {
    return `${this.place.runsRoot}/${runId}/log`;
  }
}

function noLauncher(error: Error): never {
  throw new LaunchError('ECONNREFUSED', `${startFailure('ECONNREFUSED', 'launcher')}: ${error.message}`, 'launcher');
}
