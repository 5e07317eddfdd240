// The files of a run for who may see it: which ones they are, and whether they may be changed, its state decides.
import { Injectable } from '@nestjs/common';
import { Dispatcher } from '../dispatch/dispatcher.js';
import { CodedError } from '../model/coded-error.js';
import type { Principal } from '../model/roles.js';
import type { FileTree } from '../model/run-files.js';
import type { RunState } from '../model/states.js';
import { DiskWatermark } from '../results/disk-watermark.js';
import { PendingRunFiles } from './pending-run-files.js';
import { RunStore } from './run-store.js';
import { Runs } from './runs.js';

/** In these, the program has no directory yet. */
const beforeStart: RunState[] = ['created', 'queued', 'starting'];

@Injectable()
export class FilesOfRuns {
  constructor(
    private readonly runs: Runs,
    private readonly store: RunStore,
    private readonly created: PendingRunFiles,
    private readonly dispatcher: Dispatcher,
    private readonly disk: DiskWatermark,
  ) {}

  async reading(viewer: Principal, id: string): Promise<FileTree> {
    const { state } = await this.runs.find(viewer, id);
    const { files } = this.dispatcher;
    return beforeStart.includes(state) ? files.uploads(id, () => false) : files.work(id);
  }

  /** Throws wrong_state unless the run waits to be started, or goes on. */
  async putting<Result>(viewer: Principal, id: string, work: (tree: FileTree) => Promise<Result>): Promise<Result> {
    this.disk.check();
    const result = await this.changing(viewer, id, { work, states: ['created', 'running', 'stopping'] });
    await this.discardOrphan(id);
    return result;
  }

  /** As for `putting`, and for a run that has ended. */
  async remove(viewer: Principal, id: string, path: string): Promise<void> {
    const states: RunState[] = ['created', 'running', 'stopping', 'finished'];
    const state = await this.changing(viewer, id, { work: (tree, now) => tree.remove(path).then(() => now), states });
    if (state === 'finished') await this.store.save(id, { keptBytes: null });
  }

  private changing<Result>(
    viewer: Principal,
    id: string,
    { work, states }: { work: (tree: FileTree, state: RunState) => Promise<Result>; states: RunState[] },
  ): Promise<Result> {
    return this.created.visit(id, async (uploads) => {
      const { state } = await this.runs.find(viewer, id);
      if (!states.includes(state)) throw new CodedError('wrong_state', `the run ${id} is ${state}; its files cannot be changed`);
      return work(state === 'created' ? uploads : this.dispatcher.files.work(id), state);
    });
  }

  /** The run may have been removed while its file arrived. */
  private async discardOrphan(id: string): Promise<void> {
    if (this.runs.activeRun(id) || (await this.store.exists(id))) return;
    await this.store.discard(id);
    throw new CodedError('not_found', `there is no run ${id}`);
  }
}
