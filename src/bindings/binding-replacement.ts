// One binding over its changes: its next version opens when the former one has no messages in hand any more.
import { ActiveBinding } from './active-binding.js';
import type { BindingEntity } from './binding.entity.js';
import type { IdleBinding } from './idle-binding.js';

type Present = ActiveBinding | IdleBinding;

const finishing = 'messages that were taken before the change are being finished';

export class BindingReplacement {
  private wanted: BindingEntity | null = null;
  private present: Present | null = null;
  /** The former version, while it still has messages in hand. */
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

  /** Why no messages come; null when the binding listens, or when its queue collects. */
  get fault(): string | null {
    return this.startFault ?? this.present?.fault ?? (this.isTaking && !this.present ? finishing : null);
  }

  /** Why the messages that came are held up. */
  get heldUp(): string | null {
    return this.present?.heldUp ?? null;
  }

  /** When several changes wait for the same former version, the last one counts. Resolves when its queue collects. */
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

  /** Takes no more messages; resolves when those in hand are done. */
  finish(): Promise<void> {
    this.wanted = null;
    return this.leave();
  }

  /** Stops the binding at once; its messages in hand are given back. */
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
