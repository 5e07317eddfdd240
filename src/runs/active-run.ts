// A run that has not ended: its record as it is now, its log, and who waits for it.
import { createHash } from 'node:crypto';
import type { RunEvent } from '../protocol/run-event.js';
import type { RunResult } from '../protocol/run-result.js';
import type { ExecutingRun, StopRequest } from '../protocol/run-task.js';
import { advance } from '../protocol/states.js';
import { contentTypeOf } from '../results/content-type.js';
import type { GrowingLog } from '../results/growing-log.js';
import { framesOf } from '../results/read-frames.js';
import type { RunEntity } from './run.entity.js';

/** Stores what changed in a run's record; the last call brings the small log along. Never rejects. */
export type SaveChange = (change: Partial<RunEntity>, frames?: Buffer | null) => Promise<void>;

export class ActiveRun {
  /** Resolves when the end is stored. */
  readonly ended: Promise<void>;
  private resolveEnded: () => void;
  private executing: ExecutingRun | null = null;

  constructor(
    readonly row: RunEntity,
    readonly log: GrowingLog,
    private readonly save: SaveChange,
  ) {
    this.ended = new Promise((resolve) => {
      this.resolveEnded = resolve;
    });
  }

  attach(executing: ExecutingRun): void {
    this.executing = executing;
  }

  stop(request: StopRequest): void {
    this.executing?.stop(request);
  }

  async onEvent(event: RunEvent): Promise<void> {
    if (event.type === 'output') return this.log.append(event.stream, event.timeMs, event.bytes);
    if (event.type === 'finished') return this.finish(event.result);
    this.row.state = advance(this.row.state, event.type === 'started' ? 'running' : event.type);
    if (event.type === 'starting') return;
    const facts = event.type === 'started' ? { pid: event.pid, startedAtMs: event.startedAtMs, isolation: event.isolation } : {};
    Object.assign(this.row, facts);
    void this.save({ state: this.row.state, ...facts });
  }

  private async finish(result: RunResult): Promise<void> {
    const frames = await this.log.end();
    const change = { ...finalChange(result), ...smallDigest(result, frames) };
    advance(this.row.state, 'finished');
    await this.save(change, frames);
    Object.assign(this.row, change);
    this.resolveEnded();
  }
}

/** The digest of an output that is still in memory; larger ones are read when they are first asked for. */
function smallDigest({ output }: RunResult, frames: Buffer | null): Partial<RunEntity> {
  if (!frames || !output || output.source === 'file') return {};
  const hash = createHash('sha256');
  for (const { stream, bytes } of framesOf(frames, 0)) if (stream === output.source) hash.update(bytes);
  return { outputSha256: hash.digest('hex') };
}

function finalChange(result: RunResult): Partial<RunEntity> {
  const { output, usage } = result;
  return {
    state: 'finished',
    endReason: result.endReason,
    exitCode: result.exitCode,
    signal: result.signal,
    success: result.success,
    error: result.error,
    startedAtMs: result.startedAtMs,
    finishedAtMs: result.finishedAtMs,
    cpuMs: usage?.cpuMs ?? null,
    maxRssBytes: usage?.maxRssBytes ?? null,
    ...(output && {
      outputSource: output.source,
      outputBytes: output.bytes,
      outputType: contentTypeOf(output),
      outputName: output.name ?? null,
    }),
  };
}
