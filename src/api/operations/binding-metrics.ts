// The buses and bindings as metrics: which bus is connected, and how many messages are in hand.
import { Gauge, type Registry } from 'prom-client';
import type { Bindings } from '../../bindings/bindings.js';
import type { Streams } from '../../bindings/streams.js';

export function measureBindings({ bindings, streams }: { bindings: Bindings; streams: Streams }, registry: Registry): void {
  const registers = [registry];
  new Gauge({
    name: 'procreg_bus_up',
    help: '1 while the bus is connected.',
    labelNames: ['bus'],
    registers,
    collect() {
      for (const [bus, state] of Object.entries(streams.states)) this.set({ bus }, state === 'connected' ? 1 : 0);
    },
  });
  new Gauge({
    name: 'procreg_binding_messages_in_flight',
    help: 'Messages that bindings have taken and not yet acknowledged.',
    registers,
    collect() {
      this.set(bindings.inFlight);
    },
  });
}
