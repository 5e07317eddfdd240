// Makes a backup while the server is running: first the database as of one moment, then the files of its finished runs.
import { existsSync, rmSync } from 'node:fs';
import { opendir, rename } from 'node:fs/promises';
import { copySqlite, openSqlite } from '../database/sqlite-file.js';
import { databaseEntry, isRunId, type Manifest, manifestEntry, runsEntry } from './archive-layout.js';
import { ArchiveWriter } from './pack-archive.js';
import { forgetRuns, hasEnded, isRecorded } from './reconcile-records.js';

export interface BackupPlan {
  /** The SQLite file. */
  database: string;
  /** DATA_DIR/runs. */
  runsRoot: string;
  archive: string;
  version: string;
}

/** Writes the archive completely (0600) or not at all; a file with that name is replaced. Returns the manifest. */
export async function makeBackup(plan: BackupPlan): Promise<Manifest> {
  const part = `${plan.archive}.${process.pid}.part`;
  const copy = `${plan.archive}.${process.pid}.database`;
  try {
    copySqlite(plan.database, copy);
    const { pack } = await import('tar-stream');
    const archive = new ArchiveWriter(part, pack());
    const manifest = await writeEntries(archive, { ...plan, copy }).catch(async (error: Error) => {
      await archive.giveUp();
      throw error;
    });
    await rename(part, plan.archive);
    return manifest;
  } finally {
    for (const left of [part, copy, `${copy}-journal`]) rmSync(left, { force: true });
  }
}

async function writeEntries(archive: ArchiveWriter, plan: BackupPlan & { copy: string }): Promise<Manifest> {
  await packRuns(archive, plan);
  forgetRemoved(plan);
  await archive.addFile(plan.copy, databaseEntry);
  const { files, bytes } = archive;
  const manifest: Manifest = { format: 1, version: plan.version, createdAtMs: Date.now(), files, bytes };
  await archive.addText(`${JSON.stringify(manifest)}\n`, manifestEntry);
  await archive.close();
  return manifest;
}

async function packRuns(archive: ArchiveWriter, { copy, runsRoot }: { copy: string; runsRoot: string }): Promise<void> {
  if (!existsSync(runsRoot)) return;
  const database = openSqlite(copy, { readonly: true });
  try {
    const ended = hasEnded(database);
    for await (const { name } of await opendir(runsRoot)) {
      if (isRunId(name) && ended(name)) await archive.addTree(`${runsRoot}/${name}`, `${runsEntry}/${name}`);
    }
  } finally {
    database.close();
  }
}

/**
 * A run is removed row first, then its files. So a run that still has a row now had all its files while they were read, and
 * a run without a row is taken out of the copy.
 */
function forgetRemoved({ copy, database }: { copy: string; database: string }): void {
  const live = openSqlite(database, { readonly: true });
  const copied = openSqlite(copy);
  try {
    forgetRuns(copied, isRecorded(live));
  } finally {
    copied.close();
    live.close();
  }
}
