// The mark in DATA_DIR that a database was made there: one that is gone, cut or another one is refused, and never made anew in silence.
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { DatabaseTarget } from './database-url.js';
import { pendingFrames, readHeader, type SqliteHeader } from './sqlite-header.js';

const markName = 'database.json';

interface Marked {
  /** Which database: a path seen from DATA_DIR, or where its server is. */
  database: string;
  /** PRAGMA application_id of a SQLite file. */
  id: number;
  /** Its server has not ended by itself. */
  open: boolean;
  /** When the last change was seen in its -wal. */
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

  /** Before anything opens it. Throws an Error in one line that says what is wrong and what to do. */
  check(): void {
    const { target, known } = this;
    if (target.kind !== 'sqlite' || !known) return;
    const header = readHeader(target.file);
    const fault = fileFault(header, known.id);
    if (fault) throw new Error(`the database ${target.file} ${fault}; ${this.advice('begin anew with what is there')}`);
    const lost = lostChanges(target.file, header as SqliteHeader, known);
    if (lost)
      throw new Error(`the database ${target.file} lacks its -wal file: ${lost}; put it back, or ${this.advice('go on without them')}`);
  }

  /** Once it is open and brought to this version. `id`: its application_id, 0 where there is none. */
  begin(id: number): void {
    this.known = { database: this.name, id, open: true, changedAtMs: this.known?.changedAtMs ?? 0 };
    this.write();
  }

  /** It was changed at this time: noted, so that a later server can tell that the change is gone. */
  change(atMs: number): void {
    if (!this.known || atMs === this.known.changedAtMs) return;
    this.known.changedAtMs = atMs;
    this.write();
  }

  /** It was closed well. */
  end(): void {
    if (!this.known) return;
    this.known.open = false;
    this.write();
  }

  /** What `header`, of the file that is there now, has against it; null: it is this database, and whole. */
  faultOf(header: SqliteHeader | null): string | null {
    return fileFault(header, this.known?.id ?? 0);
  }

  /** What else a user may do. */
  advice(goal: string): string {
    return `restore a backup (procreg restore --force), or remove ${this.path} to ${goal}`;
  }

  private write(): void {
    try {
      writeFileSync(`${this.path}.new`, JSON.stringify(this.known), { mode: 0o600 });
      renameSync(`${this.path}.new`, this.path);
    } catch {
      // a full disk is no reason to stop: the mark of before holds
    }
  }
}

/** Somebody has decided what is the database now. */
export function forgetDatabase(dataDir: string): void {
  rmSync(join(dataDir, markName), { force: true });
}

/** Null when there is none, or DATABASE_URL names another database by now. */
function read(path: string, name: string): Marked | null {
  if (!existsSync(path)) return null;
  try {
    const marked = JSON.parse(readFileSync(path, 'utf8')) as Marked;
    return marked.database === name ? marked : null;
  } catch {
    // a power cut may leave it empty
    return null;
  }
}

function fileFault(header: SqliteHeader | null, id: number): string | null {
  if (!header) return 'is gone';
  if (!header.isFile) return 'is not a regular file';
  if (header.bytes === 0) return 'is empty';
  if (header.bytes < header.wantedBytes) return `is cut short: it has ${header.bytes} of ${header.wantedBytes} bytes`;
  // what is no database at all is told by who opens it
  if (header.id !== null && header.id !== id) return 'is another one than was made here';
  return null;
}

/** Null when nothing speaks for it: whoever closes a database well removes its -wal after all of it is in the database file. */
function lostChanges(file: string, header: SqliteHeader, { open, changedAtMs }: Marked): string | null {
  const wal = statSync(`${file}-wal`, { throwIfNoEntry: false });
  if (wal) return null;
  const frames = pendingFrames(file);
  if (frames > 0) return `${frames} changed pages were in it alone`;
  if (!open || header.modifiedAtMs >= changedAtMs) return null;
  return `the changes until ${new Date(changedAtMs).toISOString()} were in it alone`;
}
