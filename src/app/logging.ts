// The log: pino for both Fastify and Nest; readable on a terminal, JSON elsewhere.
import { createRequire } from 'node:module';
import type { LoggerService } from '@nestjs/common';
import { destination, type Logger, pino } from 'pino';
import type { Settings } from '../settings/settings.js';

export function createLogger({ logLevel, logFormat, logFile }: Settings): Logger {
  const options = { level: logLevel, redact: ['req.headers.authorization', 'req.headers["x-access-token"]'] };
  const target = { dest: logFile ?? 2, sync: true };
  if ((logFormat ?? (process.stderr.isTTY ? 'pretty' : 'json')) === 'json') return pino(options, destination(target));
  const pretty = createRequire(import.meta.url)('pino-pretty') as (options: object) => never;
  return pino(options, pretty({ destination: target.dest, sync: true, translateTime: 'SYS:HH:MM:ss.l', ignore: 'pid,hostname' }));
}

/** Drops the many lines that Nest logs at its start for its own developers. */
export class NestLogger implements LoggerService {
  booted = false;
  /** True once the server listens: from then on every line comes from this project. */
  listening = false;

  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: string): void {
    this.logger[this.listening ? 'info' : 'debug']({ context }, String(message));
  }

  debug(message: unknown, context?: string): void {
    if (this.listening) this.logger.debug({ context }, String(message));
  }

  /** Main.ts reports a failed boot in one line; Nest would report the same failure at length before. */
  error(message: unknown, ...details: unknown[]): void {
    this.logger[this.booted ? 'error' : 'debug']({ details }, String(message));
  }

  warn(message: unknown, context?: string): void {
    this.logger[this.listening ? 'warn' : 'debug']({ context }, String(message));
  }
}
