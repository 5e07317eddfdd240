// The file of a SQLite database under a running server: checks that it is still the open file, and opens it again when it was away.
import { randomInt } from 'node:crypto';
import { type Stats, statSync } from 'node:fs';
import type { DataSource } from 'typeorm';
import { Checkpoints } from './checkpoints.js';
import type { DatabaseMark } from './database-mark.js';
import type { DatabaseTarget } from './database-url.js';
import { DatabaseFault } from './faults.js';
import { sqliteConnection } from './sqlite-connection.js';
import { readHeader } from './sqlite-header.js';

const noteMs = 1000;

const replaced = 'was replaced by another file';
const withoutLog = 'has lost its -wal file';

const files = new WeakMap<DataSource, DatabaseFile>();

/** Watches the file of an open data source from now on. Null: the database is not in a file. */
export function keepDatabase(dataSource: DataSource, target: DatabaseTarget, mark: DatabaseMark): DatabaseFile | null {
  const connection = sqliteConnection(dataSource);
  if (!connection || target.kind !== 'sqlite') {
    mark.begin(0);
    return null;
  }
  const [{ application_id }] = connection.pragma('application_id') as { application_id: number }[];
  const id = application_id || randomInt(1, 2 ** 31);
  if (id !== application_id) connection.pragma(`application_id = ${id}`);
  // the number must be in the file itself before the mark names it
  connection.pragma('wal_checkpoint(TRUNCATE)');
  mark.begin(id);
  const file = new DatabaseFile(target.file, mark, dataSource);
  files.set(dataSource, file);
  return file;
}

/** To be called before each transaction. Throws a DatabaseFault when data that is written now would be lost. */
export async function ensureFile(dataSource: DataSource): Promise<void> {
  await files.get(dataSource)?.ensure();
}

/** False when ensureFile would have to act. */
export function isFileWell(dataSource: DataSource): boolean {
  return (files.get(dataSource)?.fault() ?? null) === null;
}

/** To be called after each transaction. */
export function noteCommit(dataSource: DataSource): void {
  files.get(dataSource)?.checkpoints.committed();
}

/** To be called before the database is closed, so that the close makes the last checkpoint. */
export async function endCheckpoints(dataSource: DataSource): Promise<void> {
  await files.get(dataSource)?.checkpoints.end();
}

export class DatabaseFile {
  readonly checkpoints: Checkpoints;
  private opened: OpenedFile;
  private isOpen = true;
  /** Changes are noted in the mark. */
  private readonly timer = setInterval(() => this.note(), noteMs).unref();

  constructor(
    private readonly path: string,
    private readonly mark: DatabaseMark,
    private readonly dataSource: DataSource,
  ) {
    this.opened = look(path);
    this.checkpoints = new Checkpoints(path);
  }

  /** To be called after the database was closed cleanly. */
  end(): void {
    clearInterval(this.timer);
    this.mark.end();
  }

  async ensure(): Promise<void> {
    const fault = this.fault();
    if (fault === null && this.isOpen) return;
    // closing the connection writes the -wal, which is still open, into the file
    if (!this.isOpen || fault === withoutLog || (fault === replaced && this.mark.faultOf(readHeader(this.path)) === null))
      await this.reopen();
    const left = this.fault();
    if (left !== null) throw new DatabaseFault(`file ${this.path} ${left}`, new Error('noticed before a transaction'));
  }

  /** Null: the open file is the one at the path. */
  fault(): string | null {
    const { opened } = this;
    const found = look(this.path);
    if (!found) return 'was removed; put it back, or stop the server and restore a backup';
    if (found.ino !== opened?.ino || found.dev !== opened.dev) return replaced;
    if (found.size < opened.size) return `was cut from ${opened.size} to ${found.size} bytes; stop the server and restore a backup`;
    if (!look(`${this.path}-wal`)) return withoutLog;
    opened.size = found.size;
    return null;
  }

  private async reopen(): Promise<void> {
    const { driver } = this.dataSource;
    await this.checkpoints.settled();
    if (this.isOpen) await driver.disconnect();
    this.isOpen = false;
    await driver.connect();
    this.isOpen = true;
    // as guardQueries sets it
    sqliteConnection(this.dataSource)?.pragma('busy_timeout = 0');
    this.opened = look(this.path);
  }

  private note(): void {
    const wal = look(`${this.path}-wal`);
    if (wal && wal.size > 0) this.mark.change(wal.mtimeMs);
  }
}

type OpenedFile = Stats | undefined;

/** Takes a few microseconds, compared with the tenth of a millisecond that a transaction takes. */
function look(path: string): OpenedFile {
  return statSync(path, { throwIfNoEntry: false });
}
