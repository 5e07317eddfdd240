// The buses of this server: memory always, amqp when AMQP_URL is set.
import { CodedError } from '../model/coded-error.js';
import { AmqpBus } from './amqp-bus.js';
import type { Bus, BusState } from './bus.js';
import { MemoryBus } from './memory-bus.js';

export const busNames = ['memory', 'amqp'] as const;
export type BusName = (typeof busNames)[number];

export class Buses {
  private constructor(private readonly buses: Map<BusName, Bus>) {}

  /** Does not wait for a broker. */
  static async open(amqpUrl: string | undefined): Promise<Buses> {
    const buses = new Map<BusName, Bus>([['memory', new MemoryBus()]]);
    if (amqpUrl !== undefined) buses.set('amqp', await AmqpBus.open(amqpUrl));
    return new Buses(buses);
  }

  /** The bus that is used when none is named. */
  get usual(): BusName {
    return this.buses.has('amqp') ? 'amqp' : 'memory';
  }

  has(name: BusName): boolean {
    return this.buses.has(name);
  }

  /** Throws invalid_request for a bus that is not set up on this server. */
  of(name: BusName): Bus {
    const bus = this.buses.get(name);
    if (bus) return bus;
    throw new CodedError('invalid_request', `the bus '${name}' is not set up on this server; set AMQP_URL, or use memory`);
  }

  get states(): Partial<Record<BusName, BusState>> {
    return Object.fromEntries([...this.buses].map(([name, { state }]) => [name, state]));
  }

  async close(): Promise<void> {
    await Promise.all([...this.buses.values()].map((bus) => bus.close()));
  }
}
