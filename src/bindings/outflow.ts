// What comes out of the service of a binding: followed run after run, each message published before the next one is looked at.
import type { Services } from '../runs/services.js';
import type { BindingRows } from './binding-rows.js';
import type { Outlets } from './outlets.js';
import { persist } from './persist.js';

export interface OutflowMeans {
  services: Services;
  outlets: Outlets;
  rows: BindingRows;
}

export class Outflow {
  private followed: string | null = null;
  private following: Promise<void> = Promise.resolve();
  private readonly stopping = new AbortController();

  constructor(
    private readonly bindingId: number,
    private readonly means: OutflowMeans,
    private readonly say: (problem: string | null) => void,
  ) {}

  /** False once it is closed. */
  get live(): boolean {
    return !this.stopping.signal.aborted;
  }

  /** It has followed no run yet. */
  get isFresh(): boolean {
    return this.followed === null;
  }

  /** From now on the messages of this run, after those of the run before. */
  follow(runId: string): void {
    if (runId === this.followed) return;
    this.followed = runId;
    this.following = this.following.then(() => this.publishAll(runId)).catch((error: Error) => this.say(error.message));
  }

  /** Resolves when nothing more is published. */
  async close(): Promise<void> {
    this.stopping.abort();
    await this.following;
  }

  /** The cursor is stored after the confirmation: what is unsure is published again. */
  private async publishAll(runId: string): Promise<void> {
    const { services, rows } = this.means;
    const row = await this.surely(() => rows.byId(this.bindingId));
    const after = row?.serviceRun === runId ? row.serviceCursor : 0;
    for await (const { id, bytes } of services.messages(runId, after, this.stopping.signal)) {
      const messageId = `${runId}:${id}`;
      const message = { body: bytes, messageId, headers: { 'x-run': runId } };
      // the output may have been changed meanwhile
      await this.surely(async () => {
        const binding = await rows.byId(this.bindingId);
        if (binding) await this.means.outlets.publish(binding, message);
      });
      await this.surely(() => rows.update(this.bindingId, { serviceRun: runId, serviceCursor: id }));
      if (!this.live) return;
    }
  }

  private surely<Result>(step: () => Promise<Result>): Promise<Result> {
    return persist({ delivery: this, say: this.say }, step);
  }
}
