// What the runs of each user take that wait or were only created: their orders in the database, and the messages and files that lie there for them.
import { statSync } from 'node:fs';
import { Tally } from '../dispatch/tally.js';
import type { RunOrder } from '../model/run-order.js';

interface Waiting {
  ownerId: number;
  orderBytes: number;
  fileBytes: number;
}

/** Runs that earlier servers had accepted are not among them until their files change. */
export class WaitingBytes {
  private readonly runs = new Map<string, Waiting>();
  private readonly ofUsers = new Tally<number>();

  of(userId: number): number {
    return this.ofUsers.of(userId);
  }

  /** The run was accepted and does not start at once. `storedBytes`: the length of its order as it is stored. */
  add({ runId, ownerId, message, uploads }: RunOrder, storedBytes: number): void {
    const paths = uploads.map(({ path }) => path);
    if (message.kind === 'file') paths.push(message.path);
    this.set(runId, { ownerId, orderBytes: storedBytes, fileBytes: paths.reduce((sum, path) => sum + sizeOf(path), 0) });
  }

  /** The files that were put for the run take so much now. */
  setFiles(id: string, ownerId: number, fileBytes: number): void {
    this.set(id, { ownerId, orderBytes: this.runs.get(id)?.orderBytes ?? 0, fileBytes });
  }

  /** The run has begun, has ended or was removed. Returns what its files took. */
  remove(id: string): number {
    const run = this.runs.get(id);
    if (!run) return 0;
    this.runs.delete(id);
    this.ofUsers.add(run.ownerId, -bytesOf(run));
    return run.fileBytes;
  }

  private set(id: string, run: Waiting): void {
    this.remove(id);
    this.runs.set(id, run);
    this.ofUsers.add(run.ownerId, bytesOf(run));
  }
}

function bytesOf({ orderBytes, fileBytes }: Waiting): number {
  return orderBytes + fileBytes;
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
