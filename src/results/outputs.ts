// The output of a run: a part of its log, or a file; read completely, in part, or as a digest.
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CodedError } from '../model/coded-error.js';
import { controlDirectory } from '../model/control-directory.js';
import type { LogSource } from '../model/log-source.js';
import { FileLog, MemoryLog } from './log-source.js';
import { logStream } from './log-stream.js';
import { RunLogEntity } from './run-log.entity.js';
import { streamPart } from './stream-part.js';

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
  /** The logs that are held in memory, at most as many as there are runs in their lanes. */
  private readonly held = new Map<string, Buffer>();

  constructor(
    private readonly root: RunsRoot,
    private readonly dataSource: DataSource,
  ) {}

  /** Holds the log of a run whose end the database has not yet stored. */
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

  /** Opens the bytes of the output; `log` is the log of the run, if the caller already has it open. */
  async open({ runId, source, bytes }: OutputPlace, { range, log }: { range?: ByteRange; log?: LogSource } = {}): Promise<Readable> {
    const { start, end } = range ?? { start: 0, end: bytes - 1 };
    if (source !== 'file') return logStream(log ?? (await this.log(runId)), { stream: source, start, end: end + 1 });
    return bytes === 0 ? Readable.from([]) : createReadStream(this.fileOf(runId), { start, end });
  }

  /** Throws output_gone. */
  check({ runId, source }: OutputPlace): void {
    if (source === 'file') this.fileOf(runId);
  }

  private fileOf(runId: string): string {
    const { output } = controlDirectory(this.root.path, runId);
    if (!existsSync(output)) throw new CodedError('output_gone', `the output of run ${runId} no longer exists`);
    return output;
  }

  /** The SHA-256 in hex. Reads the whole output; throws the reason of `signal`. */
  async digest(place: OutputPlace, signal: AbortSignal): Promise<string> {
    const hash = createHash('sha256');
    const chunks = place.source === 'file' ? await this.open(place) : streamPart(await this.log(place.runId), { stream: place.source });
    for await (const chunk of chunks) {
      signal.throwIfAborted();
      hash.update(chunk);
    }
    return hash.digest('hex');
  }
}
