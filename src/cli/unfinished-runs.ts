// Finds runs that are left in a database without a server, or that could not be taken over, for `doctor` and `stop-all`.
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { lockDataDirectory } from '../database/data-directory-lock.js';
import { dataSourceOptions } from '../database/data-source.js';
import { controlDirectory } from '../model/control-directory.js';
import { setAsideMark } from '../runs/set-aside.js';
import { databaseTarget, type Settings } from '../settings/settings.js';
import { exitRecord } from '../worker/run-recovery.js';
import { endLeftProcesses } from '../worker/run-supervisor.js';

/** The most runs that are shown. */
const shownBound = 10;

interface LeftRow {
  id: string;
  pid: number | null;
  started_at: number | string | null;
}

/** One line for each run, the newest first. */
export async function setAsideRuns(source: DataSource): Promise<string[]> {
  const wanted = `state = 'finished' AND end_reason = 'lost' AND error LIKE '${setAsideMark}%'`;
  const rows: { id: string; error: string }[] = await source.query(
    `SELECT id, error FROM run WHERE ${wanted} ORDER BY id DESC LIMIT ${shownBound}`,
  );
  return rows.map(({ id, error }) => `${id}: ${error.slice(setAsideMark.length)}`);
}

/**
 * Ends the runs that a server had started and that no launcher holds: their remaining processes, and their records. Returns how
 * many; also returns 0 while a server is running on this DATA_DIR, since that server knows the runs itself.
 */
export async function endUnfinishedRuns(settings: Settings): Promise<number> {
  const target = databaseTarget(settings);
  const unlock = lockedAlone(settings.dataDir);
  if (!unlock || (target.kind === 'sqlite' && !existsSync(target.file))) {
    unlock?.();
    return 0;
  }
  try {
    const options = await dataSourceOptions({ target, durability: settings.durability }, { entities: [], migrations: [] });
    const source = await new DataSource(options).initialize();
    return await endRowsOf(source, join(settings.dataDir, 'runs')).finally(() => source.destroy());
  } finally {
    unlock();
  }
}

/** Null: a server is running. */
function lockedAlone(dataDir: string): (() => void) | null {
  try {
    return existsSync(dataDir) ? lockDataDirectory(dataDir) : null;
  } catch {
    return null;
  }
}

async function endRowsOf(source: DataSource, runsRoot: string): Promise<number> {
  const rows: LeftRow[] = await source.query("SELECT id, pid, started_at FROM run WHERE state IN ('starting', 'running', 'stopping')");
  for (const { id, pid, started_at } of rows) {
    await endLeftProcesses(runsRoot, { runId: id, pid, startedAtMs: started_at === null ? null : Number(started_at) });
    const ended = await keptEnd(runsRoot, id);
    const change = "state = 'finished', end_reason = 'stop', success = ?, error = ?, exit_code = ?, signal = ?, finished_at = ?";
    const values = [0, 'the run was stopped while no server was running', ended.exitCode, ended.signal, Date.now(), id];
    await source.query(`UPDATE run SET ${change}, run_order = NULL WHERE id = ?`, values);
  }
  return rows.length;
}

/** What the exit record of the run says; the log in the exit record becomes the file of the run. */
async function keptEnd(runsRoot: string, runId: string): Promise<{ exitCode: number | null; signal: string | null }> {
  try {
    const end = exitRecord(runsRoot, runId)?.end;
    const { path, log } = controlDirectory(runsRoot, runId);
    if (end?.log && end.log.length > 0 && !existsSync(log)) {
      await mkdir(path, { recursive: true, mode: 0o700 });
      await writeFile(log, end.log, { mode: 0o600 });
    }
    return { exitCode: end?.exitCode ?? null, signal: end?.signal ?? null };
  } catch {
    // the exit record cannot be read
    return { exitCode: null, signal: null };
  }
}
