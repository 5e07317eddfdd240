// The files of a run that was only created: they may change until the run starts, which takes them as uploads.
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Dispatcher } from '../dispatch/dispatcher.js';
import { CodedError } from '../model/coded-error.js';
import { controlDirectory } from '../model/control-directory.js';
import type { FileTree } from '../model/run-files.js';
import type { RunOrder, UploadedFile } from '../model/run-order.js';
import { RunsRoot } from '../results/outputs.js';

/** The most uploads of a run, since their names travel in the order. */
const uploadBound = 10_000;

/** The state that the requests on one run share. */
interface Gate {
  requests: number;
  closed: boolean;
}

@Injectable()
export class PendingRunFiles {
  private readonly gates = new Map<string, Gate>();

  constructor(
    private readonly dispatcher: Dispatcher,
    private readonly root: RunsRoot,
  ) {}

  /** Runs one request on the files: its changes count only while the start has not begun. */
  visit<Result>(runId: string, work: (tree: FileTree) => Promise<Result>): Promise<Result> {
    return this.pass(runId, (gate) => work(this.dispatcher.files.uploads(runId, () => !gate.closed)));
  }

  /** For a run that is not accepted yet: the files that `fill` puts become its uploads. */
  async import(runId: string, fill: (tree: FileTree) => Promise<void>): Promise<UploadedFile[]> {
    await fill(this.dispatcher.files.uploads(runId, () => true));
    return this.put(runId);
  }

  /** Closes the files and hands on the order with them; the files are open again when `start` fails. */
  startWith<Result>(order: RunOrder, start: (order: RunOrder) => Promise<Result>): Promise<Result> {
    return this.pass(order.runId, async (gate) => {
      if (gate.closed) throw new CodedError('wrong_state', `the run ${order.runId} is already being started`);
      gate.closed = true;
      try {
        return await start({ ...order, uploads: await this.withFiles(order) });
      } catch (error) {
        gate.closed = false;
        throw error;
      }
    });
  }

  /** A file that was put replaces an upload with the same name. */
  private async withFiles({ runId, uploads }: RunOrder): Promise<RunOrder['uploads']> {
    const put = await this.put(runId);
    const names = new Set(put.map(({ name }) => name));
    return [...uploads.filter(({ name, parameter }) => parameter !== undefined || !names.has(name)), ...put];
  }

  private async put(runId: string): Promise<UploadedFile[]> {
    const { files: root } = controlDirectory(this.root.path, runId);
    const { files, truncated } = await this.dispatcher.files.uploads(runId, () => false).list(uploadBound);
    if (truncated) throw new CodedError('invalid_request', `a run can start with at most ${uploadBound} files and folders`);
    return files.map(({ path, directory }) => ({ path: join(root, path), name: path, ...(directory && { folder: true }) }));
  }

  private async pass<Result>(runId: string, work: (gate: Gate) => Promise<Result>): Promise<Result> {
    const gate = this.gates.get(runId) ?? { requests: 0, closed: false };
    this.gates.set(runId, gate);
    gate.requests++;
    try {
      return await work(gate);
    } finally {
      if (--gate.requests === 0) this.gates.delete(runId);
    }
  }
}
