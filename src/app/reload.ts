// What SIGHUP does: the log file is opened again, and DEFINITIONS_DIR is read again.
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { Users } from '../accounts/users.js';
import { Definitions } from '../definitions/definitions.js';
import { loadDirectory } from '../definitions/load-directory.js';
import type { Settings } from '../settings/settings.js';
import type { Shutdown } from './shutdown.js';

export interface ReloadParts {
  settings: Settings;
  logger: Logger;
  reopenLog: () => void;
  shutdown: Shutdown;
}

/** Applies DEFINITIONS_DIR for the first admin. Returns how many definitions it holds. Throws an Error that names a bad file. */
export async function applyDefinitions(app: NestFastifyApplication, directory: string, username: string): Promise<number> {
  const owner = { userId: await app.get(Users).idOf(username), username, role: 'admin' as const };
  return (await loadDirectory(directory, owner, app.get(Definitions))).length;
}

/** Of a server at a terminal, SIGHUP says that the terminal is gone: it keeps its meaning and ends the server as TERM does. */
export function reloadOnHangup(app: NestFastifyApplication, { settings, logger, reopenLog, shutdown }: ReloadParts): void {
  let last = Promise.resolve();
  const reload = async () => {
    if (shutdown.closing) return;
    reopenLog();
    const { definitionsDir, adminUsername } = settings;
    if (!definitionsDir) return logger.info('reloaded by SIGHUP');
    try {
      const definitions = await applyDefinitions(app, definitionsDir, adminUsername);
      logger.info({ definitions }, 'reloaded by SIGHUP');
    } catch (error) {
      logger.error(`the definitions were not reloaded: ${(error as Error).message}`);
    }
  };
  const isAtTerminal = process.stdin.isTTY || process.stdout.isTTY;
  process.on('SIGHUP', () => {
    if (isAtTerminal) process.emit('SIGTERM');
    else last = last.then(reload);
  });
}
