// The ends of runs while the database does not take them: kept for the next server, their logs told by this one, and stored when it does.
import { Injectable, Logger } from '@nestjs/common';
import { Outputs } from '../results/outputs.js';
import { EndJournal, type UnstoredEnd } from './end-journal.js';
import type { RecordStore } from './record-writer.js';
import { RunStore } from './run-store.js';

/** An end of a run that has no record here is kept for so long: the server may have been started with another database by mistake. */
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

  /** It is stored. */
  async forget(runId: string): Promise<void> {
    this.outputs.letGo(runId);
    const say = (error: Error) => this.logger.error(`the end of run ${runId} stays in DATA_DIR, too: ${error.message}`);
    await this.journal.forget(runId).catch(say);
  }

  /** At boot, before the runs that have not ended are looked at. Throws database_unreachable. */
  async restore(): Promise<void> {
    const ends = await this.journal.open();
    for (const end of ends) if ((await this.store.restoreEnd(end)) || isOld(end)) await this.journal.forget(end.runId);
    if (ends.length > 0) this.logger.warn(`stored the ends of ${ends.length} runs, for which the database of an earlier server was away`);
  }
}

function isOld({ change }: UnstoredEnd): boolean {
  return Date.now() - (change.finishedAtMs ?? 0) > unknownMs;
}
