// How the server ends: nothing new, what is in flight is answered within the grace, what runs is left, awaited or stopped.
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { Bindings } from './bindings/bindings.js';
import { SerialWriter } from './database/serial-writer.js';
import { type Closing, Dispatcher } from './dispatch/dispatcher.js';
import { closeUpgraded } from './doors/upgrade.js';

/** What the database has not taken by then is in DATA_DIR: the next server stores it. */
const settlingMs = 3000;

export class Shutdown {
  closing = false;
  private readonly last: (() => void)[] = [];
  private inFlight = 0;

  constructor(
    private readonly app: NestFastifyApplication,
    private readonly how: {
      graceMs: number;
      onShutdown: Closing['how'];
      unlock: () => void;
      endRouted: () => Promise<void>;
      cleanUp: () => Promise<void>;
    },
  ) {}

  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRequest', async (_request, reply) => {
      this.inFlight++;
      reply.raw.once('close', () => this.inFlight--);
    });
  }

  /** Called when everything is answered. */
  beforeEnd(close: () => void): void {
    this.last.push(close);
  }

  /** `patient` false: what runs is stopped at once. */
  async close({ patient }: { patient: boolean }): Promise<void> {
    this.closing = true;
    const untilMs = performance.now() + (patient ? this.how.graceMs : 0);
    while (this.inFlight > 0 && performance.now() < untilMs) await new Promise((resolve) => setTimeout(resolve, 20));
    await this.app.get(Bindings).close(Math.max(0, untilMs - performance.now()));
    await this.how.endRouted();
    await this.app.get(Dispatcher).close({ how: patient ? this.how.onShutdown : 'stop', reason: 'the server was stopped' });
    await this.app.get(SerialWriter).settled(settlingMs);
    await closeUpgraded();
    for (const close of this.last) close();
    (this.app.getHttpServer() as { closeAllConnections(): void }).closeAllConnections();
    await this.app.close();
    await this.how.cleanUp().catch(() => {});
    this.how.unlock();
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
