// The log: pino for both Fastify and Nest; readable on a terminal, JSON elsewhere.
import { closeSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { LoggerService } from '@nestjs/common';
import { destination, type Logger, pino, stdTimeFunctions } from 'pino';
import type { Settings } from '../settings/settings.js';
import { openLogFile } from './log-file.js';

export interface Log {
  logger: Logger;
  /** Opens LOG_FILE again, so that a rotated file is left; where that fails, the lines still go to the former file. */
  reopen(): void;
}

/** The most bytes of lines that are kept while the log cannot be written; further lines are dropped. */
const unwrittenBytes = 2 ** 20;

/** A log that cannot be written (a full disk, a terminal that is gone) ends nothing: its lines follow when it can be written again. */
export function createLog({ logLevel, logFormat, logFile }: Settings): Log {
  const target = withLogFile(logFile, (dest) => destination({ dest, sync: true, maxLength: unwrittenBytes }));
  target.on('error', () => {});
  const format = logFormat ?? (process.stderr.isTTY ? 'pretty' : 'json');
  const options = { ...lineOptions, level: logLevel };
  const logger = pino(options, format === 'json' ? target : prettyInto(target));
  const reopen = () => {
    if (logFile === undefined) return;
    try {
      // opened before: a failed reopen() would close the former descriptor at the next one, whoever has its number by then
      withLogFile(logFile, (path) => target.reopen(path));
    } catch (error) {
      logger.error(`the log file was not opened again: ${(error as Error).message}`);
    }
  };
  return { logger, reopen };
}

/** Calls `use` with a path to the open file, which nobody can replace meanwhile; with stderr where there is none. */
function withLogFile<Result>(logFile: string | undefined, use: (dest: string | number) => Result): Result {
  if (logFile === undefined) return use(2);
  const file = openLogFile(logFile);
  try {
    return use(`/proc/self/fd/${file}`);
  } finally {
    closeSync(file);
  }
}

/** Lines with the name of the level and the time in ISO 8601 (UTC). */
const lineOptions = {
  redact: ['authorization', 'x-access-token', 'x-session-key', 'cookie'].map((name) => `req.headers["${name}"]`),
  formatters: { level: (level: string) => ({ level }) },
  timestamp: stdTimeFunctions.isoTime,
};

function prettyInto(destination: object): never {
  const pretty = createRequire(import.meta.url)('pino-pretty') as (options: object) => never;
  return pretty({ destination, translateTime: 'SYS:HH:MM:ss.l', ignore: 'pid,hostname' });
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
