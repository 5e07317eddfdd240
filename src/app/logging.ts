// The log: pino, for Fastify and for Nest alike; readable on a terminal, JSON elsewhere.
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

/** Nest tells much at its start that only its developers want to know. */
export class NestLogger implements LoggerService {
  booted = false;
  /** From now on, whoever logs is one of ours. */
  listening = false;

  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: string): void {
    this.logger[this.listening ? 'info' : 'debug']({ context }, String(message));
  }

  /** A failed boot is said in one line by main.ts; before it, Nest would say it at length. */
  error(message: unknown, ...details: unknown[]): void {
    this.logger[this.booted ? 'error' : 'debug']({ details }, String(message));
  }

  warn(message: unknown, context?: string): void {
    this.logger[this.listening ? 'warn' : 'debug']({ context }, String(message));
  }
}
