// The message that came out of a run: a view of its log, or a file; whole, in part, or as a digest.
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CodedError } from '../protocol/coded-error.js';
import { controlDirectory } from '../protocol/control-directory.js';
import type { LogSource } from '../protocol/log-source.js';
import { FileLog, MemoryLog } from './log-source.js';
import { logStream } from './log-stream.js';
import { RunLogEntity } from './run-log.entity.js';

/** Where a run's output is: the stream of its log, or the file of its control directory. */
export interface OutputPlace {
  runId: string;
  source: 'stdout' | 'stderr' | 'file';
  bytes: number;
}

/** The first byte and the last one, both included. */
export interface ByteRange {
  start: number;
  end: number;
}

/** DATA_DIR/runs. */
export class RunsRoot {
  constructor(readonly path: string) {}
}

@Injectable()
export class Outputs {
  /** As many as runs have not left their lanes. */
  private readonly held = new Map<string, Buffer>();

  constructor(
    private readonly root: RunsRoot,
    private readonly dataSource: DataSource,
  ) {}

  /** The log of a run whose end the database has not yet stored. */
  hold(runId: string, frames: Buffer): void {
    this.held.set(runId, frames);
  }

  letGo(runId: string): void {
    this.held.delete(runId);
  }

  /** The log of a run that has ended. */
  async log(runId: string): Promise<LogSource> {
    const held = this.held.get(runId);
    if (held) return new MemoryLog(held);
    const { log } = controlDirectory(this.root.path, runId);
    if (existsSync(log)) return FileLog.open(log);
    const row = await this.dataSource.getRepository(RunLogEntity).findOneBy({ runId });
    return new MemoryLog(row?.frames ?? Buffer.alloc(0));
  }

  /** The output's bytes; `log` is the run's log when the caller has it at hand. */
  async open({ runId, source, bytes }: OutputPlace, { range, log }: { range?: ByteRange; log?: LogSource } = {}): Promise<Readable> {
    const { start, end } = range ?? { start: 0, end: bytes - 1 };
    if (source !== 'file') return logStream(log ?? (await this.log(runId)), { stream: source, start, end: end + 1 });
    const { output } = controlDirectory(this.root.path, runId);
    if (!existsSync(output)) throw new CodedError('output_gone', `the output of run ${runId} is gone`);
    return bytes === 0 ? Readable.from([]) : createReadStream(output, { start, end });
  }

  /** SHA-256 in hex. */
  async digest(place: OutputPlace, log?: LogSource): Promise<string> {
    const hash = createHash('sha256');
    for await (const chunk of await this.open(place, { log })) hash.update(chunk);
    return hash.digest('hex');
  }
}
