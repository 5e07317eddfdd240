// The launcher in C: the server never forks, and a run outlives the server. This file: its runs, and what becomes of them
// when the connection ends.
import { readFileSync } from 'node:fs';
import { LiveTable } from '../protocol/live-table.js';
import { signalNumber } from '../protocol/signal-numbers.js';
import { lostEnd } from './exit-record.js';
import { type KnownRun, LaunchError, type LaunchedProcess, type Launcher, type LaunchSpec } from './launcher.js';
import { LauncherConnection, type LauncherPlace } from './launcher-connection.js';
import { encodeLaunchFrame, type FrameFields, type FrameValue, largestFrameBytes, startFrame } from './launcher-frames.js';
import { NativeRun, type RunLine } from './native-run.js';
import { exitRecord, findInit, forgetTraces, hasBegun, hasUnnamedInit, isAlive, isInit, leftLogBytes, leftNote } from './run-traces.js';

/** How often a run without its launcher is looked at, */
const lookMs = 50;
/** how soon again when nothing of it is seen, */
const missedMs = 10;
/** and how often nothing of it may be seen before it is given up. */
const patience = 4;
/** How often an init is waited for that has not yet taken its name. */
const unnamedLooks = 100;

interface Held {
  run: NativeRun;
  /** Null: found again. */
  spec: LaunchSpec | null;
  timeoutMs: number;
  /** Its launcher is gone; the pid of what is left of it. */
  orphan: { pid: number; init: boolean } | null;
}

export class NativeLauncher implements Launcher {
  readonly name = 'native';
  private readonly held = new LiveTable<Held>();
  /** Runs of an earlier server that the launcher has let go of since it greeted. */
  private readonly gone = new Set<string>();
  private connection: LauncherConnection | null = null;
  private connecting: Promise<LauncherConnection> | null = null;
  private closed = false;

  constructor(private readonly place: LauncherPlace) {}

  /** `connect` has resolved before. */
  get instance(): string {
    return `native ${this.launcherId}`;
  }
  private launcherId = '';
  /** The list of what began is whole as long as the machine has not gone down. */
  private readonly boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').slice(0, 8);

  /** Connects, or starts the launcher; rejects when neither is possible. */
  async connect(): Promise<LauncherConnection> {
    if (this.connection) return this.connection;
    this.connecting ??= this.open().finally(() => {
      this.connecting = null;
    });
    return this.connecting;
  }

  async launch(spec: LaunchSpec): Promise<LaunchedProcess> {
    const frame = startFrame(spec);
    if (frame.length > largestFrameBytes) throw new LaunchError('E2BIG', 'its arguments and environment are too long');
    const connection = this.connection ?? (await this.connect());
    const { runId, note, timeoutMs } = spec;
    const stdin = spec.stdin === 'live' || spec.stdin === 'held' ? spec.stdin : null;
    const run = new NativeRun(runId, this.lineOf(runId), { logPath: this.logPath(runId), note, stdin });
    this.held.set(runId, { run, spec, timeoutMs, orphan: null });
    connection.send(frame);
    return run.launched;
  }

  async find(known: KnownRun): Promise<LaunchedProcess | null> {
    const { greeting } = await this.connect();
    const { runId } = known;
    const run = new NativeRun(runId, this.lineOf(runId), { logPath: this.logPath(runId), stdin: 'held' });
    Object.assign(run, { pid: known.pid ?? 0, startedAtMs: known.startedAtMs ?? 0 });
    const held: Held = { run, spec: null, timeoutMs: known.timeoutMs, orphan: null };
    this.held.set(runId, held);
    if (greeting.runIds.has(runId) && !this.gone.delete(runId)) {
      this.connection?.send(encodeLaunchFrame(['again', runId]));
      return run.launched;
    }
    return (await this.look(held, known)) ? run.launched : null;
  }

  mayHaveBegun(runId: string, instance: string | null): boolean {
    return !instance?.endsWith(`-${this.boot}`) || hasBegun(this.place.runsRoot, runId);
  }

  close(): void {
    this.closed = true;
    this.connection?.close();
  }

  private async open(): Promise<LauncherConnection> {
    const connection = await LauncherConnection.open(
      this.place,
      (fields) => this.hear(fields),
      () => void this.loseLauncher(),
    );
    const { pid, startTicks } = connection.greeting;
    this.launcherId = `${pid}-${startTicks}-${this.boot}`;
    this.connection = connection;
    return connection;
  }

  private hear(fields: FrameFields): void {
    const name = fields.text();
    const runId = fields.text();
    const held = this.held.get(runId);
    if (!held && name === 'gone') this.gone.add(runId);
    if (!held) return;
    held.run.hear(name, fields);
    if (name === 'failed') this.held.delete(held.run.runId);
    if (name === 'gone' && !held.run.over) void this.pursue(held);
  }

  /** The launcher was killed: what ran under it is followed by what it leaves; another launcher takes what comes next. */
  private async loseLauncher(): Promise<void> {
    this.connection = null;
    if (this.closed) return;
    const open = this.held.values().filter(({ run, orphan }) => !run.over && !orphan);
    await this.connect().catch(() => {});
    for (const held of open) void this.pursue(held);
  }

  private async pursue(held: Held): Promise<void> {
    const { run, spec } = held;
    const known = { runId: run.runId, pid: run.pid || null, startedAtMs: run.startedAtMs || null, timeoutMs: held.timeoutMs };
    if (await this.look(held, known)) return;
    if (spec && !hasBegun(this.place.runsRoot, run.runId)) this.connection?.send(startFrame(spec));
    else this.lose(run);
  }

  /** True when the run has ended with a record, or goes on and is watched from now on. */
  private async look(held: Held, known: KnownRun): Promise<boolean> {
    const { run } = held;
    for (let looks = 0; looks < unnamedLooks && (await hasUnnamedInit(this.place.runsRoot, this.connection?.greeting.pid ?? 0)); looks++) {
      await pause(missedMs);
    }
    for (let misses = 0; misses < patience; misses++) {
      const record = exitRecord(this.place.runsRoot, known.runId);
      if (record) {
        run.end(record);
        return true;
      }
      const init = await findInit(known.runId);
      const pid = init ?? (known.pid && known.startedAtMs && isAlive(known.pid, known.startedAtMs) ? known.pid : undefined);
      if (pid !== undefined) {
        held.orphan = { pid, init: init !== undefined };
        run.note ||= leftNote(this.place.runsRoot, known.runId);
        Object.assign(run, { pid, startedAtMs: run.startedAtMs || Date.now() });
        void this.watch(held);
        return true;
      }
      await pause(missedMs);
    }
    return false;
  }

  /** Until its record is there, or nothing of it any more. An init keeps the timeout itself. */
  private async watch(held: Held): Promise<void> {
    const { run, timeoutMs } = held;
    const { pid, init } = held.orphan!;
    run.adopted();
    const { startedAtMs } = run;
    for (let misses = 0; misses < patience && !this.closed; ) {
      const record = exitRecord(this.place.runsRoot, run.runId);
      if (record) return run.end(record);
      run.grown(leftLogBytes(this.place.runsRoot, run.runId));
      const alive = init ? isInit(pid, run.runId) : isAlive(pid, startedAtMs);
      misses = alive ? 0 : misses + 1;
      if (alive && !init && timeoutMs > 0 && Date.now() > startedAtMs + timeoutMs) killTree(pid, 'SIGKILL');
      await pause(misses === 0 ? lookMs : missedMs);
    }
    if (!this.closed) this.lose(run);
  }

  private lose(run: NativeRun): void {
    const logBytes = leftLogBytes(this.place.runsRoot, run.runId);
    run.end({ end: lostEnd(run.startedAtMs || Date.now()), note: run.note, logBytes });
  }

  private lineOf(runId: string): RunLine {
    const launcher = this;
    return {
      get launcherPid() {
        return launcher.connection?.greeting.pid ?? 0;
      },
      send: (values, rest) => launcher.say(runId, values, rest),
    };
  }

  private say(runId: string, values: FrameValue[], rest?: Buffer): void {
    const held = this.held.get(runId);
    if (values[0] === 'forget') {
      this.held.delete(runId);
      if (held?.spec === null || held?.orphan) forgetTraces(this.place.runsRoot, runId);
    }
    if (held?.orphan) return sayToOrphan(held.orphan, values);
    if (values[0] === 'forget') this.connection?.sendLater(encodeLaunchFrame(values));
    else this.connection?.send(encodeLaunchFrame(values, rest));
  }

  private logPath(runId: string): string {
    return `${this.place.runsRoot}/${runId}/log`;
  }
}

/** An init takes TERM from outside as the order to stop; a bare program gets the signal, with all of its group. */
function sayToOrphan({ pid, init }: { pid: number; init: boolean }, [name, , signal]: FrameValue[]): void {
  if (name === 'stop') {
    if (init) signalTo(pid, 'SIGTERM');
    else killTree(pid, Number(signal) || signalNumber('SIGTERM'));
  }
  if (name === 'signal' && !init) signalTo(pid, Number(signal));
}

function killTree(pid: number, signal: NodeJS.Signals | number): void {
  signalTo(-pid, signal);
}

function signalTo(pid: number, signal: NodeJS.Signals | number): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it is gone
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
