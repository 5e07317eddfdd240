// Which bindings take messages now: those that are enabled, each as its row says.
import { Injectable } from '@nestjs/common';
import { Buses } from '../bus/buses.js';
import { within } from '../bus/within.js';
import { ActiveBinding } from './active-binding.js';
import type { BindingEntity } from './binding.entity.js';
import { MessageWays } from './message-ways.js';

/** A new binding answers once its queue collects; when the broker is away, after this. */
const openingMs = 2000;
/** For an output that is just being published, and the broker's answers. */
const closingMs = 2000;

export interface BindingState {
  status: 'disabled' | 'connecting' | 'listening';
  in_flight: number;
  handled: number;
  failed: number;
  error: string | null;
}

@Injectable()
export class ActiveBindings {
  private readonly active = new Map<number, ActiveBinding>();
  /** Former ones that still have messages in hand. */
  private readonly draining = new Map<ActiveBinding, number>();
  /** Why one could not be started. */
  private readonly faults = new Map<number, string>();

  constructor(
    private readonly buses: Buses,
    private readonly messages: MessageWays,
  ) {}

  /** Makes it as its row says. Resolves when its queue collects, or cannot yet. */
  async apply(row: BindingEntity): Promise<void> {
    this.retire(row.id);
    if (!row.enabled) return;
    try {
      const active = new ActiveBinding(row, this.buses.of(row.inputBus), this.messages);
      this.active.set(row.id, active);
      await within(openingMs, active.opened);
    } catch (error) {
      this.faults.set(row.id, (error as Error).message);
    }
  }

  /** Stops at once; what it has in hand is given back. */
  async end(id: number): Promise<void> {
    const ending = [this.active.get(id), ...[...this.draining].filter(([, of]) => of === id).map(([one]) => one)];
    this.retire(id);
    await Promise.all(ending.map((one) => one?.close()));
  }

  get ids(): number[] {
    return [...this.active.keys()];
  }

  get inFlight(): number {
    return [...this.active.values(), ...this.draining.keys()].reduce((sum, one) => sum + one.inFlight, 0);
  }

  state({ id, enabled, error, handled, failed }: BindingEntity): BindingState {
    const active = this.active.get(id);
    const drained = [...this.draining].filter(([, of]) => of === id).map(([one]) => one);
    const in_flight = [...drained, ...(active ? [active] : [])].reduce((sum, one) => sum + one.inFlight, 0);
    const fault = this.faults.get(id) ?? active?.fault ?? null;
    const status = !enabled ? 'disabled' : fault === null && active ? 'listening' : 'connecting';
    return { status, in_flight, handled, failed, error: fault ?? active?.heldUp ?? error };
  }

  /** Takes nothing more, and gives back what is not done within `graceMs`. */
  async close(graceMs: number): Promise<void> {
    for (const id of this.ids) this.retire(id);
    const left = [...this.draining.keys()];
    await within(graceMs, Promise.all(left.map((one) => one.drain())));
    await within(closingMs, Promise.all(left.map((one) => one.close())));
  }

  private retire(id: number): void {
    this.faults.delete(id);
    const former = this.active.get(id);
    this.active.delete(id);
    if (!former) return;
    this.draining.set(former, id);
    void former.drain().finally(() => this.draining.delete(former));
  }
}
