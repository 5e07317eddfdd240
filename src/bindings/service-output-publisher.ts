// Publishes the messages of the service of a binding: follows run after run, and publishes each message before it reads the next one.
import type { Services } from '../runs/services.js';
import type { BindingEntity } from './binding.entity.js';
import type { BindingPublisher } from './binding-publisher.js';
import type { BindingRows } from './binding-rows.js';
import { outputId } from './message-ids.js';
import { type Holding, retryUntilClosed } from './retry-until-closed.js';

/** The last message of a service that is not to be published, or not again. */
export type ServicePosition = Pick<BindingEntity, 'serviceRun' | 'serviceCursor'>;

export interface PublisherDependencies {
  services: Services;
  publisher: BindingPublisher;
  rows: BindingRows;
  /** Resolves to false when the run was removed. Throws forbidden. */
  mayPublish(binding: BindingEntity, runId: string): Promise<boolean>;
}

export class ServiceOutputPublisher {
  private followed: string | null = null;
  private following: Promise<void> = Promise.resolve();
  private readonly stopping = new AbortController();
  private heldUp: string | null = null;
  private missed: string | null = null;

  constructor(
    private readonly bindingId: number,
    private readonly means: PublisherDependencies,
  ) {}

  /** Why nothing is published, or which messages never will be; null when all is well. */
  get problem(): string | null {
    return this.heldUp ?? this.missed;
  }

  /** Publishes the messages of this run from now on, after those of the run before, which a former server may have left. */
  follow(runId: string): void {
    if (runId === this.followed || !this.live) return;
    if (this.followed === null) this.afterwards(() => this.publishFormer(runId));
    this.followed = runId;
    this.afterwards(() => this.publishAll(runId));
  }

  /** Stops publishing; resolves when no message is being published any more. */
  async close(): Promise<void> {
    this.stopping.abort();
    await this.following;
  }

  readonly holding: Holding = {
    delivery: { live: true },
    retired: this.stopping.signal,
    say: (problem) => {
      this.heldUp = problem;
    },
  };

  private get live(): boolean {
    return !this.stopping.signal.aborted;
  }

  private afterwards(step: () => Promise<void>): void {
    this.following = this.following.then(step).catch((error: Error) => this.holding.say(error.message));
  }

  private async publishFormer(runId: string): Promise<void> {
    const former = (await this.surely(() => this.means.rows.byId(this.bindingId)))?.serviceRun;
    if (former && former !== runId) await this.publishAll(former);
  }

  private async publishAll(runId: string): Promise<void> {
    const { services, rows } = this.means;
    const row = await this.surely(() => rows.byId(this.bindingId));
    let last = row?.serviceRun === runId ? Number(row.serviceCursor) : 0;
    for await (const { id, bytes } of services.messages(runId, last, this.stopping.signal)) {
      if (!this.live) return;
      if (id > last + 1)
        this.missed = `the messages ${last + 1} to ${id - 1} of the service ${runId} are lost: they were removed before they could be published`;
      await this.publish(runId, id, bytes);
      last = id;
    }
  }

  /** The cursor is stored after the confirmation, so that a message whose confirmation is unknown is published again. */
  private async publish(runId: string, id: number, body: Buffer): Promise<void> {
    const { rows, publisher } = this.means;
    await this.surely(async () => {
      // the output stream, or what the owner may see, may have changed meanwhile
      const binding = await rows.byId(this.bindingId);
      if (!binding || !(await this.means.mayPublish(binding, runId))) return;
      const messageId = outputId(`${runId}:${id}`, binding);
      await publisher.publish(binding, { body, messageId, headers: { 'x-run': runId } });
    });
    await this.surely(() => rows.update(this.bindingId, { serviceRun: runId, serviceCursor: id }));
  }

  private surely<Result>(step: () => Promise<Result>): Promise<Result> {
    return retryUntilClosed(this.holding, step);
  }
}
