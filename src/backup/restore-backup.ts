// Restores a backup: unpacks and checks it next to the data first, and moves it in when everything is right.
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checkIntegrity, migrationsOf, openSqlite } from '../database/sqlite-file.js';
import { copyToNewFile } from '../model/new-file.js';
import { databaseEntry, runsEntry } from './archive-layout.js';
import { endSessions, hasEnded, loseUnfinished } from './reconcile-records.js';
import { unpackArchive } from './unpack-archive.js';

export interface RestorePlan {
  archive: string;
  /** The caller holds the lock of this folder. */
  dataDir: string;
  /** The path of the SQLite file. */
  database: string;
  /** Moves existing data aside instead of refusing to restore. */
  force: boolean;
  /** The names of the migrations that this program knows. */
  migrations: string[];
}

export interface Restored {
  version: string;
  createdAtMs: number;
  files: number;
  /** How many runs were active when the backup was taken. */
  lost: number;
  /** The new paths of the data that was moved aside. */
  aside: string[];
}

export async function restoreBackup(plan: RestorePlan): Promise<Restored> {
  if (!plan.force) refuseOccupied(plan);
  const staging = await mkdtemp(join(plan.dataDir, 'restoring-'));
  try {
    const { version, createdAtMs, files } = await unpackArchive(plan.archive, staging);
    const lost = await makeTrue(staging, plan.migrations).catch((error: Error) => {
      throw new Error(`${plan.archive} cannot be restored: ${error.message}`);
    });
    const aside = moveAside(plan);
    await moveIn(staging, plan);
    return { version, createdAtMs, files, lost, aside };
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

function refuseOccupied({ dataDir, database }: RestorePlan): void {
  const runs = join(dataDir, runsEntry);
  const found = [
    ...(existsSync(database) && statSync(database).size > 0 ? [database] : []),
    ...(existsSync(runs) && readdirSync(runs).length > 0 ? [runs] : []),
  ];
  if (found.length > 0)
    throw new Error(`${found.join(' and ')} already ${found.length === 1 ? 'exists' : 'exist'}; --force moves existing data aside`);
}

async function makeTrue(staging: string, known: string[]): Promise<number> {
  const runs = join(staging, runsEntry);
  await mkdir(runs, { recursive: true, mode: 0o700 });
  if (!existsSync(join(staging, databaseEntry))) throw new Error('the archive contains no database');
  const database = openSqlite(join(staging, databaseEntry));
  try {
    checkIntegrity(database);
    const newer = [...(migrationsOf(database) ?? [])].find((name) => !known.includes(name));
    if (newer) throw new Error(`the backup is from a newer version: this program does not know the migration ${newer}`);
    const ended = hasEnded(database);
    // the run was removed while the backup was made
    for (const id of await readdir(runs)) if (!ended(id)) await rm(join(runs, id), { recursive: true });
    endSessions(database);
    return loseUnfinished(database, Date.now());
  } finally {
    database.close();
  }
}

/** Moves a database together with its companion files, which belong to it by their names. Returns the new names. */
function moveAside({ dataDir, database }: RestorePlan): string[] {
  const mark = `.replaced-${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')}`;
  const moves = ['', '-wal', '-shm', '-journal'].map((end) => [`${database}${end}`, `${database}${mark}${end}`]);
  const runs = join(dataDir, runsEntry);
  return [...moves, [runs, `${runs}${mark}`]].flatMap(([from, to]) => {
    if (!existsSync(from)) return [];
    renameSync(from, to);
    return [to];
  });
}

/** Moves the database in last: without it a server cannot take a partial restore for a complete one. */
async function moveIn(staging: string, { dataDir, database }: RestorePlan): Promise<void> {
  renameSync(join(staging, runsEntry), join(dataDir, runsEntry));
  const part = `${database}.restoring`;
  rmSync(part, { force: true });
  // DATABASE_URL may name another file system
  await copyToNewFile(join(staging, databaseEntry), { path: part, mode: 0o600, owner: null });
  renameSync(part, database);
}
