// Lanes and active runs at a glance: redrawn at a terminal, printed once in a pipe.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Act } from '../../command-row.js';
import { exitCodes, Failure } from '../../failure.js';
import { activeStates, programOf, type RunPage, type RunRecord } from '../../runs/run-record.js';
import type { Session } from '../../session.js';
import { endingSignals } from '../../terminal/ending-signals.js';
import { plain, print, tableOf } from '../../terminal/table.js';
import { laneCells, laneHead, readLanes } from './lane.js';

/** How many runs are asked for. */
const shownRuns = 100;

export const top: Act = async (session, _operands, { interval = '2' }: { interval?: string }) => {
  const seconds = Number(interval);
  if (!(seconds >= 0.2)) throw new Failure(`--interval is a number of seconds from 0.2, not '${interval}'`, { exitCode: exitCodes.usage });
  if (!process.stdout.isTTY) print(`${(await linesOf(session)).join('\n')}\n`);
  else await redraw(session, seconds * 1000);
  return 0;
};

async function linesOf({ connection, server }: Session): Promise<string[]> {
  const [lanes, { meta, objects }] = await Promise.all([
    readLanes(connection),
    connection.json<RunPage>({ path: `/api/run/?state=${activeStates}&limit=${shownRuns}` }),
  ]);
  const head = plain(`${server.label}  ${new Date().toISOString().slice(0, 19)}Z  ${meta.total_count} active runs`);
  const runs = [['RUN', 'STATE', 'AGE', 'OWNER', 'PROGRAM'], ...objects.map(runCells)];
  return [head, '', ...textLines([laneHead, ...lanes.map(laneCells)]), '', ...textLines(runs)];
}

const textLines = (rows: string[][]) =>
  tableOf(rows.map((row) => row.map(plain)))
    .trimEnd()
    .split('\n');

function runCells(run: RunRecord): string[] {
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(run.started_at ?? run.created_at)) / 1000));
  return [run.id, run.state, ageText(seconds), run.owner ?? '-', programOf(run).split('\n')[0]];
}

function ageText(seconds: number): string {
  if (seconds < 100) return `${seconds}s`;
  return seconds < 6000 ? `${Math.round(seconds / 60)}m` : `${Math.round(seconds / 3600)}h`;
}

/** On the other screen of the terminal, until `q` or Ctrl-C. */
async function redraw(session: Session, pauseMs: number): Promise<void> {
  const end = new AbortController();
  const stop = () => end.abort();
  for (const signal of endingSignals) process.once(signal, stop);
  if (process.stdin.isTTY) process.stdin.setRawMode(true).on('data', (keys) => ['q', '\u0003'].includes(String(keys)) && stop());
  process.stdout.write('\u001b[?1049h\u001b[?25l');
  try {
    while (!end.signal.aborted) {
      draw(await linesOf(session));
      await sleep(pauseMs, undefined, { signal: end.signal }).catch(() => {});
    }
  } finally {
    process.stdout.write('\u001b[?25h\u001b[?1049l');
    if (process.stdin.isTTY) process.stdin.setRawMode(false).pause();
  }
}

function draw(lines: string[]): void {
  const { columns = 80, rows = 24 } = process.stdout;
  const shown = lines.slice(0, rows - 1).map((line) => `${line.slice(0, columns)}\u001b[K`);
  process.stdout.write(`\u001b[H${shown.join('\n')}\n\u001b[J`);
}
