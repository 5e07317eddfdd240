// What SIGHUP does: the log file is opened again, and DEFINITIONS_DIR is read again.
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Users } from '../accounts/users.js';
import { DefinitionWarnings } from '../definitions/definition-warnings.js';
import { Definitions } from '../definitions/definitions.js';
import { loadDirectory } from '../definitions/load-directory.js';
import type { Settings } from '../settings/settings.js';
import type { Log } from './logging.js';
import type { Shutdown } from './shutdown.js';

export interface ReloadParts {
  app: NestFastifyApplication;
  settings: Settings;
  shutdown: Shutdown;
}

/** Applies this directory for the admin of the settings, or else the first one. Returns how many definitions it holds. Throws an Error that names a bad file. */
export async function applyDefinitions(
  app: NestFastifyApplication,
  directory: string,
  { adminUsername, warn }: { adminUsername: string; warn: (line: string) => void },
): Promise<number> {
  const users = app.get(Users);
  const named = await users.named(adminUsername);
  const { id, username } = named?.role === 'admin' ? named : (await users.admins())[0];
  const owner = { userId: Number(id), username, role: 'admin' as const };
  const registry = { definitions: app.get(Definitions), warnings: app.get(DefinitionWarnings), warn };
  return (await loadDirectory(directory, owner, registry)).length;
}

/**
 * Takes SIGHUP from the beginning of the boot on, which it would otherwise end; what it asks for then is done when the server is ready. At a
 * terminal SIGHUP says that the terminal is gone: it ends the server as TERM does.
 */
export class HangupHandler {
  private isWaiting = false;
  private last = Promise.resolve();
  private readonly ready = Promise.withResolvers<ReloadParts>();
  private readonly isAtTerminal = process.stdin.isTTY || process.stdout.isTTY;

  constructor(private readonly log: Log) {
    if (!this.isAtTerminal) process.on('SIGHUP', () => this.reload());
  }

  /** To be called when the server is ready. */
  serve(parts: ReloadParts): void {
    this.ready.resolve(parts);
    const endOnce = () => {
      // the shell and the kernel each send one, and a second TERM would cut open requests
      if (!parts.shutdown.closing) process.emit('SIGTERM');
    };
    if (this.isAtTerminal) process.on('SIGHUP', endOnce);
  }

  private reload(): void {
    this.log.reopen();
    // one that has not begun reads what this one would read
    if (this.isWaiting) return;
    this.isWaiting = true;
    this.last = this.last.then(async () => {
      const parts = await this.ready.promise;
      this.isWaiting = false;
      if (!parts.shutdown.closing) await this.readDefinitions(parts);
    });
  }

  private async readDefinitions({ app, settings: { definitionsDir, adminUsername } }: ReloadParts): Promise<void> {
    const { logger } = this.log;
    if (!definitionsDir) return logger.info('reloaded by SIGHUP');
    try {
      const definitions = await applyDefinitions(app, definitionsDir, { adminUsername, warn: (line) => logger.warn(line) });
      logger.info({ definitions }, 'reloaded by SIGHUP');
    } catch (error) {
      logger.error(`the definitions were not reloaded: ${(error as Error).message}`);
    }
  }
}
