// A run that has not ended: its record as it is now, its log, and who waits for it.
import { createHash } from 'node:crypto';
import type { LogSource } from '../protocol/log-source.js';
import type { RunEvent } from '../protocol/run-event.js';
import type { RunResult } from '../protocol/run-result.js';
import type { ExecutingRun, RunInput, StopRequest } from '../protocol/run-task.js';
import { advance, type RunState } from '../protocol/states.js';
import { contentTypeOf } from '../results/content-type.js';
import { framesOf } from '../results/read-frames.js';
import type { RecordWriter } from './record-writer.js';
import type { RunEntity } from './run.entity.js';

export class ActiveRun {
  /** Resolves when the end is stored. */
  readonly ended: Promise<void>;
  private resolveEnded: () => void;
  /** Resolves when it is known whether its program runs, or has run. */
  readonly settled: Promise<void>;
  private resolveSettled: () => void;
  private executing: ExecutingRun | null = null;

  /** `retry` is asked before a lost run ends; true: another attempt follows. */
  constructor(
    readonly row: RunEntity,
    private readonly record: RecordWriter,
    private readonly retry: (result: RunResult) => boolean,
  ) {
    this.ended = new Promise((resolve) => {
      this.resolveEnded = resolve;
    });
    this.settled = new Promise((resolve) => {
      this.resolveSettled = resolve;
    });
  }

  attach(executing: ExecutingRun): void {
    this.executing = executing;
  }

  stop(request: StopRequest): void {
    this.executing?.stop(request);
  }

  /** Resolves when its record in the database is what it is here. */
  stored(): Promise<void> {
    return this.record.flush();
  }

  /** False when its program does not run. */
  signal(name: string): boolean {
    return this.executing?.signal(name) ?? false;
  }

  /** Null: it is not typed to. */
  get input(): RunInput | null {
    return this.executing?.input ?? null;
  }

  /** To be closed by its reader. */
  openLog(): LogSource {
    if (!this.executing) throw new Error(`the run ${this.row.id} was not submitted`);
    return this.executing.openLog();
  }

  /** `starting` is stored before it goes on: from then on the launcher may have the order. */
  async onEvent(event: RunEvent): Promise<void> {
    this.resolveSettled();
    if (event.type === 'finished') return this.finish(event.result);
    const next = event.type === 'started' ? 'running' : event.type;
    if (this.row.state === 'finished' || this.row.state === next || this.row.state === 'stopping') return;
    const change = changeOf(event, advance(this.row.state, next));
    Object.assign(this.row, change);
    if (event.type === 'starting') await this.record.now(change);
    else this.record.later(change);
  }

  private async finish(result: RunResult): Promise<void> {
    if (result.endReason === 'lost' && this.retry(result)) return;
    const change = finalChange(result);
    advance(this.row.state, 'finished');
    await this.record.now(change, result.log);
    Object.assign(this.row, change);
    this.resolveEnded();
  }
}

function changeOf(event: RunEvent, state: RunState): Partial<RunEntity> {
  if (event.type === 'starting') return { state, launcher: event.launcher };
  if (event.type !== 'started') return { state };
  return { state, pid: event.pid, startedAtMs: event.startedAtMs, isolation: event.isolation };
}

/** The digest of an output that is still in memory; larger ones are read when they are first asked for. */
function smallDigest({ output, log }: RunResult): string | null {
  if (!log || !output || output.source === 'file') return null;
  const hash = createHash('sha256');
  for (const { stream, bytes } of framesOf(log, 0)) if (stream === output.source) hash.update(bytes);
  return hash.digest('hex');
}

function finalChange(result: RunResult): Partial<RunEntity> {
  const { output, usage } = result;
  return {
    state: 'finished',
    order: null,
    endReason: result.endReason,
    exitCode: result.exitCode,
    signal: result.signal,
    success: result.success,
    error: result.error,
    startedAtMs: result.startedAtMs,
    finishedAtMs: result.finishedAtMs,
    cpuMs: usage ? Math.round(usage.cpuMs) : null,
    maxRssBytes: usage?.maxRssBytes ?? null,
    outputSource: output?.source ?? null,
    outputBytes: output?.bytes ?? null,
    outputType: output && contentTypeOf(output),
    outputName: output?.name ?? null,
    outputSha256: smallDigest(result),
  };
}
