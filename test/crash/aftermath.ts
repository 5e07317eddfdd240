// What a storm left: the records, the journal of the programs, the files and the processes.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Kill, Storm } from './storm.js';

export interface Recorded {
  id: string;
  state: string;
  end_reason: string | null;
  exit_code: number | null;
  attempt: number;
  created_at: number;
  started_at: number | null;
  finished_at: number | null;
  error: string | null;
  /** Whether its log is in the database. */
  framed: number;
}

export function readRecords(dataDir: string): { records: Recorded[]; integrity: unknown } {
  const database = new Database(join(dataDir, 'registry.sqlite'), { readonly: true });
  try {
    const integrity = database.pragma('integrity_check', { simple: true });
    const framed = 'EXISTS (SELECT 1 FROM run_log l WHERE l.run_id = r.id) AS framed';
    const columns = 'id, state, end_reason, exit_code, attempt, created_at, started_at, finished_at, error';
    return { records: database.prepare(`SELECT ${columns}, ${framed} FROM run r ORDER BY id`).all() as Recorded[], integrity };
  } finally {
    database.close();
  }
}

/** How many times each run wrote its line into the journal. */
export function readJournal(path: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of readFileSync(path, 'utf8').split('\n').filter(Boolean)) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}

export const succeeded = ({ end_reason, exit_code }: Recorded) => end_reason === 'exit' && exit_code === 0;

/** Runs whose program kept running while a server was killed. */
function outlived(records: Recorded[], kills: Kill[]): number {
  const deaths = kills.filter(({ target }) => target !== 'launcher').map(({ atMs }) => atMs);
  return records.filter((one) => deaths.some((atMs) => (one.started_at ?? atMs) < atMs && atMs < (one.finished_at ?? atMs))).length;
}

/** Files of control directories that belong to nothing: of a finished run only its log stays, and once. */
export function staleFiles(dataDir: string, records: Recorded[]): string[] {
  const known = new Map(records.map((record) => [record.id, record]));
  const root = join(dataDir, 'runs');
  return readdirSync(root, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory()) return [];
    const record = known.get(entry.name);
    const names = readdirSync(join(root, entry.name));
    const kept = record && !record.framed ? names.filter((name) => name !== 'log') : names;
    return kept.length > 0 || names.length === 0 ? [`${entry.name}/${kept.join('+')}`] : [];
  });
}

/** Work directories beyond the pool's. */
export function staleWork(dataDir: string): string[] {
  const root = join(dataDir, 'work');
  if (!existsSync(root)) return ['there is no folder for work directories'];
  return readdirSync(root).filter((name) => name !== 'kept' && readdirSync(join(root, name, 'work')).length > 0);
}

export function figures(storm: Storm, records: Recorded[]): string {
  const count = (target: string) => storm.kills.filter((kill) => kill.target === target).length;
  const reasons = [...new Set(records.map(({ end_reason }) => end_reason))].map(
    (reason) => `${records.filter(({ end_reason }) => end_reason === reason).length} ${reason}`,
  );
  return [
    `${storm.kills.length} kills (${['server', 'launcher', 'both', 'boot', 'point'].map((target) => `${count(target)} ${target}`).join(', ')})`,
    `${records.length} runs, ${storm.acknowledged.size} acknowledged, ${reasons.join(', ')}`,
    `${outlived(records, storm.kills)} outlived a server, ${records.filter(({ attempt }) => attempt > 1).length} tried again`,
  ].join('; ');
}
