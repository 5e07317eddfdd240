// A disabled binding: its queue collects, and nothing is taken from the queue.
import type { Bus } from '../bus/bus.js';
import { queueOf } from './active-binding.js';
import type { BindingEntity } from './binding.entity.js';
import { retryUntilClosed } from './retry-until-closed.js';

export class IdleBinding {
  readonly inFlight = 0;
  readonly heldUp = null;
  /** Why the queue does not exist yet. */
  fault: string | null = null;
  /** Resolves when the queue collects. */
  readonly opened: Promise<void>;
  private readonly retiring = new AbortController();

  constructor(row: BindingEntity, bus: Bus) {
    const say = (problem: string | null) => {
      this.fault = problem;
    };
    const holding = { delivery: { live: true }, retired: this.retiring.signal, say };
    this.opened = retryUntilClosed(holding, () => bus.declareQueue(queueOf(row))).catch(() => {});
  }

  async drain(): Promise<void> {
    this.retiring.abort();
    await this.opened;
  }

  close(): Promise<void> {
    return this.drain();
  }
}
