// Ends the server: takes nothing new, answers open requests within the grace, and leaves, awaits or stops the active runs.
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { EventReaders } from '../api/events/event-readers.js';
import { Bindings } from '../bindings/bindings.js';
import { SerialWriter } from '../database/serial-writer.js';
import { type Closing, Dispatcher } from '../dispatch/dispatcher.js';
import type { Listening } from '../http/listening.js';
import { closeUpgraded } from '../http/upgrade.js';
import { ToolChanges } from '../mcp/tool-changes.js';
import type { ListenerKeepers } from '../worker/listener-keepers.js';

/** How long the end waits for the database. What is not stored by then is kept in DATA_DIR, and the next server stores it. */
const settlingMs = 3000;
/** For how long data is read that arrives on a connection after its end. */
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

  /** Whether the server still takes connections but refuses their requests. */
  get refuses(): boolean {
    return this.closing && !this.terms.listening.isKept;
  }

  /** `close` is called when every request is answered. */
  beforeEnd(close: () => void): void {
    this.last.push(close);
  }

  /** `patient` false: active runs are stopped at once. */
  async close({ patient }: { patient: boolean }): Promise<void> {
    this.closing = true;
    const { graceMs, onShutdown, listening } = this.terms;
    const how = patient ? onShutdown : 'stop';
    this.leaveAddress(how);
    this.app.get(EventReaders).close();
    this.app.get(ToolChanges).close();
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

  /** Where no launcher keeps the address, connections are taken to the end, so that their requests can be refused. */
  private leaveAddress(how: Closing['how']): void {
    const { keepers, listening, restartWaitMs } = this.terms;
    if (listening.isKept) listening.stopAccepting();
    if (how === 'stop') keepers?.release();
    else keepers?.leave(restartWaitMs);
  }
}

/** TERM waits for open requests, Ctrl-C does not; a second signal ends the server at once. */
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
