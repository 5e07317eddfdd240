// The files of a run for users who may see it; the state of the run decides which files these are and whether they may be changed.
import { Injectable } from '@nestjs/common';
import { Dispatcher } from '../dispatch/dispatcher.js';
import { CodedError } from '../model/coded-error.js';
import type { ProcessDefinition } from '../model/definition.js';
import type { Principal } from '../model/roles.js';
import type { FileCondition, FileTree } from '../model/run-files.js';
import type { RunState } from '../model/states.js';
import { DiskRoom } from './disk-room.js';
import { PendingRunFiles } from './pending-run-files.js';
import { GuardedFiles, refuseCallersFiles } from './run-file-guard.js';
import { RunStore } from './run-store.js';
import { Runs } from './runs.js';

/** The states in which the program has no directory yet. */
const beforeStart: RunState[] = ['created', 'queued', 'starting'];

@Injectable()
export class FilesOfRuns {
  constructor(
    private readonly runs: Runs,
    private readonly store: RunStore,
    private readonly created: PendingRunFiles,
    private readonly dispatcher: Dispatcher,
    private readonly disk: DiskRoom,
  ) {}

  async reading(viewer: Principal, id: string): Promise<FileTree> {
    const { state } = await this.runs.find(viewer, id);
    const { files } = this.dispatcher;
    return beforeStart.includes(state) ? files.uploads(id, () => false) : files.work(id);
  }

  /** Throws wrong_state unless the run waits for its start or is active. */
  async putting<Result>(viewer: Principal, id: string, work: (tree: FileTree) => Promise<Result>): Promise<Result> {
    this.disk.check();
    const { ownerId } = await this.runs.find(viewer, id);
    await this.disk.checkFor(ownerId);
    const counted = async (tree: FileTree, state: RunState) => {
      try {
        return await work(tree);
      } finally {
        if (state === 'created') await this.disk.ofUsers.filesPut({ id, ownerId });
      }
    };
    const result = await this.changing(viewer, id, { work: counted, states: ['created', 'running', 'stopping'] });
    await this.discardOrphan(id);
    return result;
  }

  /** Also allowed for a run that has ended, unlike `putting`. */
  async remove(viewer: Principal, id: string, { path, condition }: { path: string; condition?: FileCondition }): Promise<void> {
    const states: RunState[] = ['created', 'running', 'stopping', 'finished'];
    const state = await this.changing(viewer, id, { work: (tree, now) => tree.remove(path, condition).then(() => now), states });
    if (state === 'created') await this.disk.ofUsers.filesPut(await this.runs.find(viewer, id));
    if (state === 'finished') await this.store.saveSizes(new Map([[id, null]]));
  }

  private changing<Result>(
    viewer: Principal,
    id: string,
    { work, states }: { work: (tree: FileTree, state: RunState) => Promise<Result>; states: RunState[] },
  ): Promise<Result> {
    return this.created.visit(id, async (uploads) => {
      const { state } = await this.runs.find(viewer, id);
      if (!states.includes(state)) throw new CodedError('wrong_state', `the run ${id} is ${state}; its files cannot be changed`);
      const files = state === 'created' ? uploads : this.dispatcher.files.work(id);
      // what a run has left when it has ended is its owner's, whoever wrote it
      if (state === 'finished') return work(files, state);
      const definition = await this.definitionOf(id, state);
      refuseCallersFiles(viewer, definition);
      return work(new GuardedFiles(files, definition), state);
    });
  }

  /** Throws wrong_state when the run has ended meanwhile. */
  private async definitionOf(id: string, state: RunState): Promise<ProcessDefinition> {
    if (state === 'created') return (await this.store.orderOf(id)).definition;
    const run = this.runs.activeRun(id);
    if (run) return run.order.definition;
    throw new CodedError('wrong_state', `the run ${id} has ended; its files cannot be changed`);
  }

  /** Removes the files of a run that was removed while a file arrived. */
  private async discardOrphan(id: string): Promise<void> {
    if (this.runs.activeRun(id) || (await this.store.exists(id))) return;
    await this.store.discard(id);
    this.disk.ofUsers.waitsNoMore(id);
    throw new CodedError('not_found', `there is no run ${id}`);
  }
}
