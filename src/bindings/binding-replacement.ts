// One binding over its changes: the next one opens when the former has nothing in hand any more.
import { ActiveBinding } from './active-binding.js';
import type { BindingEntity } from './binding.entity.js';
import type { IdleBinding } from './idle-binding.js';

type Present = ActiveBinding | IdleBinding;

const finishing = 'what it took before the change is being finished';

export class BindingReplacement {
  private wanted: BindingEntity | null = null;
  private present: Present | null = null;
  /** It still has messages in hand. */
  private former: Present | null = null;
  private drained: Promise<void> = Promise.resolve();
  private startFault: string | null = null;

  constructor(private readonly open: (row: BindingEntity) => Present) {}

  get isTaking(): boolean {
    return this.wanted?.enabled ?? false;
  }

  get inFlight(): number {
    return (this.present?.inFlight ?? 0) + (this.former?.inFlight ?? 0);
  }

  /** Why nothing comes; null when it listens, or collects. */
  get fault(): string | null {
    return this.startFault ?? this.present?.fault ?? (this.isTaking && !this.present ? finishing : null);
  }

  /** What holds up the messages that came. */
  get heldUp(): string | null {
    return this.present?.heldUp ?? null;
  }

  /** Of several changes that wait for the same former one the last counts. Resolves when its queue collects. */
  async become(row: BindingEntity): Promise<void> {
    this.wanted = row;
    await this.leave();
    if (this.wanted !== row) return;
    try {
      this.present = this.open(row);
    } catch (error) {
      this.startFault = (error as Error).message;
    }
    await this.present?.opened;
  }

  /** Takes nothing more; resolves when what it has in hand is done. */
  finish(): Promise<void> {
    this.wanted = null;
    return this.leave();
  }

  /** Stops at once; what it has in hand is given back. */
  async end(): Promise<void> {
    this.finish().catch(() => {});
    await this.former?.close();
  }

  private leave(): Promise<void> {
    this.startFault = null;
    const { present } = this;
    if (!present) return this.drained;
    this.present = null;
    this.former = present;
    this.drained = present.drain().finally(() => {
      this.former = null;
    });
    return this.drained;
  }
}
