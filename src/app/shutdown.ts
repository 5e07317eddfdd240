// How the server ends: nothing new, what is in flight is answered within the grace, what runs is left, awaited or stopped.
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { Bindings } from '../bindings/bindings.js';
import { SerialWriter } from '../database/serial-writer.js';
import { type Closing, Dispatcher } from '../dispatch/dispatcher.js';
import type { Listening } from '../http/listening.js';
import { closeUpgraded } from '../http/upgrade.js';
import type { ListenerKeepers } from '../worker/listener-keepers.js';

/** What the database has not taken by then is in DATA_DIR: the next server stores it. */
const settlingMs = 3000;
/** What arrives on a connection after its end is read for so long. */
const readingMs = 1000;

export interface ShutdownTerms {
  graceMs: number;
  onShutdown: Closing['how'];
  /** How long new connections wait for the next server. */
  restartWaitMs: number;
  listening: Listening;
  /** Null: no launcher keeps the address. */
  keepers: ListenerKeepers | null;
  unlock: () => void;
  endRouted: () => Promise<void>;
  cleanUp: () => Promise<void>;
}

export class Shutdown {
  closing = false;
  private readonly last: (() => void)[] = [];

  constructor(
    private readonly app: NestFastifyApplication,
    private readonly terms: ShutdownTerms,
  ) {}

  /** It still takes connections, and nothing that they ask for. */
  get refuses(): boolean {
    return this.closing && !this.terms.listening.isKept;
  }

  /** Called when everything is answered. */
  beforeEnd(close: () => void): void {
    this.last.push(close);
  }

  /** `patient` false: what runs is stopped at once. */
  async close({ patient }: { patient: boolean }): Promise<void> {
    this.closing = true;
    const { graceMs, onShutdown, listening } = this.terms;
    const how = patient ? onShutdown : 'stop';
    this.leaveAddress(how);
    const untilMs = performance.now() + (patient ? graceMs : 0);
    while (listening.openConnections > 0 && performance.now() < untilMs) await new Promise((resolve) => setTimeout(resolve, 20));
    await this.app.get(Bindings).close(Math.max(0, untilMs - performance.now()));
    await this.terms.endRouted();
    await this.app.get(Dispatcher).close({ how, reason: 'the server was stopped' });
    await this.app.get(SerialWriter).settled(settlingMs);
    await closeUpgraded();
    for (const close of this.last) close();
    listening.stopAccepting();
    await listening.endConnections(readingMs);
    await this.app.close();
    await this.terms.cleanUp().catch(() => {});
    this.terms.unlock();
  }

  /** Where nobody keeps it, connections are taken to the end, to refuse what they ask for. */
  private leaveAddress(how: Closing['how']): void {
    const { keepers, listening, restartWaitMs } = this.terms;
    if (listening.isKept) listening.stopAccepting();
    if (how === 'stop') keepers?.release();
    else keepers?.leave(restartWaitMs);
  }
}

/** TERM waits for what is in flight, Ctrl-C does not; a second signal ends at once. */
export function closeOnSignals(shutdown: Shutdown, logger: Logger): void {
  const close = (patient: boolean) => {
    if (shutdown.closing) process.exit(1);
    shutdown.close({ patient }).then(
      () => process.exit(0),
      (error) => {
        logger.error(error, 'the shutdown failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => close(true));
  process.on('SIGINT', () => close(false));
  process.on('SIGUSR1', () => {});
}
