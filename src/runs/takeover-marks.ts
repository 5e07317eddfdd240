// Marks the runs that a server is taking over from an earlier one, so that the next server knows which ones it was when this one dies.
import { appendFileSync, rmSync } from 'node:fs';
import { appendFile, readFile, rm } from 'node:fs/promises';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Dispatcher } from '../dispatch/dispatcher.js';
import { takeoverMark } from '../model/control-directory.js';
import { RunsRoot } from '../results/outputs.js';

/** A mark has one line for each time that a server began with the run, and one for each server that ended by an error meanwhile. */
const begun = 'begun\n';
const failed = 'ended by an error\n';

/** After this many ends by an error a run is set aside. */
const errorBound = 2;
/** After this many ends of any kind a run is taken over only by a server that has lived for a while: one that was killed from outside says nothing about the run. */
const calmBound = 3;
/**
 * After this many it is set aside. (Measured: without the calm and with 5, ten of 4569 runs were set aside in 702 kills a few seconds apart, although nothing was
 * wrong with them.)
 */
const endBound = 6;

/** `clear`: no server has died while it took over the run; `suspect`: one has; `dreaded`: several have; `guilty`: the run is not tried again. */
export type Suspicion = 'clear' | 'suspect' | 'dreaded' | 'guilty';

@Injectable()
export class TakeoverMarks implements OnModuleDestroy {
  private readonly logger = new Logger('runs');
  private readonly open = new Set<string>();

  constructor(
    private readonly root: RunsRoot,
    private readonly dispatcher: Dispatcher,
  ) {
    process.on('exit', this.onExit);
  }

  onModuleDestroy(): void {
    this.onExit();
    process.off('exit', this.onExit);
  }

  async suspicion(runId: string): Promise<Suspicion> {
    const text = await readFile(this.of(runId), 'utf8').catch(() => '');
    const [ends, errors] = [begun, failed].map((line) => text.split(line).length - 1);
    if (ends >= endBound || errors >= errorBound) return 'guilty';
    if (ends >= calmBound) return 'dreaded';
    return ends > 0 ? 'suspect' : 'clear';
  }

  /** Never rejects: when the mark cannot be written, the run is taken over anyway. */
  async begin(runId: string): Promise<void> {
    this.open.add(runId);
    try {
      await appendFile(this.of(runId), begun, { mode: 0o600 });
    } catch (error) {
      this.logger.error(`run ${runId} is taken over without a mark: ${(error as Error).message}`);
    }
  }

  /** Called when the run has been taken over, or has ended. Never rejects. */
  async end(runId: string): Promise<void> {
    await rm(this.of(runId), { force: true }).catch(() => {});
    this.open.delete(runId);
  }

  /** The end of a server that was told to stop is not a sign against the runs that it was taking over. */
  private readonly onExit = (): void => {
    const mark = this.dispatcher.isClosing
      ? (path: string) => rmSync(path, { force: true })
      : (path: string) => appendFileSync(path, failed);
    for (const runId of this.open) quietly(() => mark(this.of(runId)));
  };

  private of(runId: string): string {
    return takeoverMark(this.root.path, runId);
  }
}

function quietly(change: () => void): void {
  try {
    change();
  } catch {
    // the mark stays as it was when it was begun
  }
}
