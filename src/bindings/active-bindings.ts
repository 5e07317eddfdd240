// Which bindings take messages now: those that are enabled, each as its row says; of the others the queues collect.
import { Injectable } from '@nestjs/common';
import { Buses } from '../bus/buses.js';
import { within } from '../model/within.js';
import { ActiveBinding } from './active-binding.js';
import type { BindingEntity } from './binding.entity.js';
import { BindingReplacement } from './binding-replacement.js';
import { IdleBinding } from './idle-binding.js';
import { MessageRouter } from './message-router.js';
import type { ServicePosition } from './service-output-publisher.js';

/** A new binding answers once its queue collects; when the broker is away, or a message takes its time, after this. */
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
  private readonly successions = new Map<number, BindingReplacement>();

  constructor(
    private readonly buses: Buses,
    private readonly messages: MessageRouter,
  ) {}

  /** Makes it as its row says. Resolves when its queue collects, or cannot yet. */
  async apply(row: BindingEntity): Promise<void> {
    const replacement = this.successions.get(row.id) ?? new BindingReplacement((wanted) => this.open(wanted));
    this.successions.set(row.id, replacement);
    await within(openingMs, replacement.become(row));
  }

  /** Stops at once; what it has in hand is given back. */
  async end(id: number): Promise<void> {
    await this.successions.get(id)?.end();
  }

  forget(id: number): void {
    this.successions.delete(id);
  }

  /** Of those that take messages. */
  get ids(): number[] {
    return [...this.successions].filter(([, { isTaking }]) => isTaking).map(([id]) => id);
  }

  get inFlight(): number {
    return [...this.successions.values()].reduce((sum, { inFlight }) => sum + inFlight, 0);
  }

  /** Where what comes out of a service begins for who binds it now. */
  newest(definitionId: number): Promise<ServicePosition> {
    return this.messages.newest(definitionId);
  }

  state({ id, enabled, error, handled, failed }: BindingEntity): BindingState {
    const replacement = this.successions.get(id);
    const fault = replacement?.fault ?? null;
    const status = !enabled ? 'disabled' : fault === null ? 'listening' : 'connecting';
    return { status, in_flight: replacement?.inFlight ?? 0, handled, failed, error: fault ?? replacement?.heldUp ?? error };
  }

  /** Takes nothing more, and gives back what is not done within `graceMs`. */
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
