// The bindings that take messages now: every enabled one, as its row says; the queues of the others only collect.
import { Injectable } from '@nestjs/common';
import { Buses } from '../bus/buses.js';
import { within } from '../model/within.js';
import { ActiveBinding } from './active-binding.js';
import type { BindingEntity } from './binding.entity.js';
import { BindingReplacement } from './binding-replacement.js';
import { IdleBinding } from './idle-binding.js';
import { MessageRouter } from './message-router.js';
import type { ServicePosition } from './service-output-publisher.js';

/** How long the creation of a binding waits until its queue collects; the broker may be away. */
const openingMs = 2000;
/** The time for outputs that are being published, and for the answers of the broker. */
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
  private readonly successions = new Map<number, BindingReplacement>();

  constructor(
    private readonly buses: Buses,
    private readonly messages: MessageRouter,
  ) {}

  /** Makes the binding as its row says. Resolves when its queue collects, or cannot yet. */
  async apply(row: BindingEntity): Promise<void> {
    const replacement = this.successions.get(row.id) ?? new BindingReplacement((wanted) => this.open(wanted));
    this.successions.set(row.id, replacement);
    await within(openingMs, replacement.become(row));
  }

  /** Stops the binding at once; its messages in hand are given back. */
  async end(id: number): Promise<void> {
    await this.successions.get(id)?.end();
  }

  forget(id: number): void {
    this.successions.delete(id);
  }

  /** The ids of the bindings that take messages. */
  get ids(): number[] {
    return [...this.successions].filter(([, { isTaking }]) => isTaking).map(([id]) => id);
  }

  get inFlight(): number {
    return [...this.successions.values()].reduce((sum, { inFlight }) => sum + inFlight, 0);
  }

  /** The position in the messages of a service from which a new binding publishes. */
  newest(definitionId: number): Promise<ServicePosition> {
    return this.messages.newest(definitionId);
  }

  state({ id, enabled, error, handled, failed }: BindingEntity): BindingState {
    const replacement = this.successions.get(id);
    const fault = replacement?.fault ?? null;
    const status = !enabled ? 'disabled' : fault === null ? 'listening' : 'connecting';
    return { status, in_flight: replacement?.inFlight ?? 0, handled, failed, error: fault ?? replacement?.heldUp ?? error };
  }

  /** Takes no more messages, and gives back those that are not done within `graceMs`. */
  async close(graceMs: number): Promise<void> {
    const all = [...this.successions.values()];
    await within(graceMs, Promise.all(all.map((one) => one.finish())));
    await within(closingMs, Promise.all(all.map((one) => one.end())));
  }

  private open(row: BindingEntity): ActiveBinding | IdleBinding {
    const bus = this.buses.of(row.inputBus);
    return row.enabled ? new ActiveBinding(row, bus, this.messages) : new IdleBinding(row, bus);
  }
}
