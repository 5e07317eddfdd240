// The ends of runs that the database cannot store at present: kept for the next server, with logs that this one can show, and stored later.
import { Injectable, Logger } from '@nestjs/common';
import { Outputs } from '../results/outputs.js';
import { EndJournal, type UnstoredEnd } from './end-journal.js';
import type { RecordStore } from './record-writer.js';
import { RunStore } from './run-store.js';

/** How long the end of a run without a record is kept: the server may have been started with another database by mistake. */
const unknownMs = 24 * 3_600_000;

@Injectable()
export class PendingEnds {
  private readonly logger = new Logger('runs');

  constructor(
    private readonly store: RunStore,
    private readonly journal: EndJournal,
    private readonly outputs: Outputs,
  ) {}

  storeOf(runId: string): RecordStore {
    return {
      save: (take, late) => this.store.saveSurely(runId, take, late),
      keep: (unstored) => {
        if (unstored.frames) this.outputs.hold(runId, unstored.frames);
        return this.journal.keep({ runId, ...unstored });
      },
    };
  }

  /** Removes an end that is stored. */
  async forget(runId: string): Promise<void> {
    this.outputs.letGo(runId);
    const say = (error: Error) => this.logger.error(`end of run ${runId} could not be removed from DATA_DIR: ${error.message}`);
    await this.journal.forget(runId).catch(say);
  }

  /** To be called at boot, before the runs that have not ended are taken over. Throws database_unreachable. */
  async restore(): Promise<void> {
    const ends = await this.journal.open();
    for (const end of ends) if ((await this.store.restoreEnd(end)) || isOld(end)) await this.journal.forget(end.runId);
    if (ends.length > 0) this.logger.warn(`ends of ${ends.length} runs were stored that an earlier server could not store in the database`);
  }
}

function isOld({ change }: UnstoredEnd): boolean {
  return Date.now() - (change.finishedAtMs ?? 0) > unknownMs;
}
