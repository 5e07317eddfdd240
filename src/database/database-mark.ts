// The mark in DATA_DIR that says which database was created there: a database that is gone, cut or replaced is refused, and never created again silently.
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { DatabaseTarget } from './database-url.js';
import { pendingFrames, readHeader, type SqliteHeader } from './sqlite-header.js';

const markName = 'database.json';

interface Marked {
  /** Which database this is: a path relative to DATA_DIR, or the address of its server. */
  database: string;
  /** PRAGMA application_id of a SQLite file. */
  id: number;
  /** True while a server uses the database, and after a server that did not end cleanly. */
  open: boolean;
  /** When the last change was seen in the -wal of the database. */
  changedAtMs: number;
}

export class DatabaseMark {
  readonly path: string;
  private readonly name: string;
  private known: Marked | null;

  constructor(
    dataDir: string,
    private readonly target: DatabaseTarget,
  ) {
    this.path = join(dataDir, markName);
    this.name = target.kind === 'sqlite' ? relative(dataDir, target.file) : `${target.host}:${target.port}/${target.database}`;
    this.known = read(this.path, this.name);
  }

  /** Whether a server has had this database. */
  get isKnown(): boolean {
    return this.known !== null;
  }

  /** To be called before the database is opened. Throws an Error in one line that says what is wrong and what to do. */
  check(): void {
    const { target, known } = this;
    if (target.kind !== 'sqlite' || !known) return;
    const header = readHeader(target.file);
    const fault = fileFault(header, known.id);
    if (fault) throw new Error(`the database ${target.file} ${fault}; ${this.advice('start over')}`);
    const lost = lostChanges(target.file, header as SqliteHeader, known);
    if (lost)
      throw new Error(
        `the database ${target.file} lacks its -wal file: ${lost}; put it back, or ${this.advice('continue without these changes')}`,
      );
  }

  /** To be called once the database is open and migrated. `id`: its application_id, 0 where there is none. */
  begin(id: number): void {
    this.known = { database: this.name, id, open: true, changedAtMs: this.known?.changedAtMs ?? 0 };
    this.write();
  }

  /** Notes the time of a change, so that a later server can tell when this change is lost. */
  change(atMs: number): void {
    if (!this.known || atMs === this.known.changedAtMs) return;
    this.known.changedAtMs = atMs;
    this.write();
  }

  /** Notes that the database was closed cleanly. */
  end(): void {
    if (!this.known) return;
    this.known.open = false;
    this.write();
  }

  /** What is wrong with the file whose header this is; null: the file is this database and complete. */
  faultOf(header: SqliteHeader | null): string | null {
    return fileFault(header, this.known?.id ?? 0);
  }

  /** The sentence that says what a user can do. */
  advice(goal: string): string {
    return `restore a backup (procreg server restore --force), or remove ${this.path} to ${goal}`;
  }

  private write(): void {
    try {
      writeFileSync(`${this.path}.new`, JSON.stringify(this.known), { mode: 0o600 });
      renameSync(`${this.path}.new`, this.path);
    } catch {
      // a full disk is not a reason to stop: the previous mark stays valid
    }
  }
}

/** Removes the mark after a user has decided which database to use. */
export function forgetDatabase(dataDir: string): void {
  rmSync(join(dataDir, markName), { force: true });
}

/** Null when there is no mark, or when DATABASE_URL now names another database. */
function read(path: string, name: string): Marked | null {
  if (!existsSync(path)) return null;
  try {
    const marked = JSON.parse(readFileSync(path, 'utf8')) as Marked;
    return marked.database === name ? marked : null;
  } catch {
    // a power cut may leave the mark empty
    return null;
  }
}

function fileFault(header: SqliteHeader | null, id: number): string | null {
  if (!header) return 'no longer exists';
  if (!header.isFile) return 'is not a regular file';
  if (header.bytes === 0) return 'is empty';
  if (header.bytes < header.wantedBytes) return `is cut short: it has ${header.bytes} of ${header.wantedBytes} bytes`;
  // a file that is not a database is reported when it is opened
  if (header.id !== null && header.id !== id) return 'is not the one that was created here';
  return null;
}

/** Null when nothing indicates a loss: a server that closes a database cleanly removes the -wal after writing all of it into the file. */
function lostChanges(file: string, header: SqliteHeader, { open, changedAtMs }: Marked): string | null {
  const wal = statSync(`${file}-wal`, { throwIfNoEntry: false });
  if (wal) return null;
  const frames = pendingFrames(file);
  if (frames > 0) return `${frames} changed pages were only in this file`;
  if (!open || header.modifiedAtMs >= changedAtMs) return null;
  return `the changes until ${new Date(changedAtMs).toISOString()} were only in this file`;
}
