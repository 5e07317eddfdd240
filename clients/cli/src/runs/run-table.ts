// Runs as people read them: lists, and one run in full.
import { durationText } from '../terminal/durations.js';
import { plain } from '../terminal/table.js';
import { hasEnded, programOf, type RunRecord } from './run-record.js';

/** Ids begin with their time; these characters tell the runs of different milliseconds apart. */
const shortestId = 13;
const longestProgram = 32;

export const runHead = ['ID', 'PROGRAM', 'STATE', 'AGE', 'TIME'];
export const wideRunHead = ['ID', 'PROGRAM', 'STATE', 'AGE', 'TIME', 'OWNER', 'CREATED', 'COMMAND'];

export function runRow(run: RunRecord, id: string): string[] {
  const program = plain(programOf(run));
  return [
    id,
    program.length > longestProgram ? `${program.slice(0, longestProgram - 1)}…` : program,
    stateOf(run),
    ageOf(run),
    timeOf(run),
  ];
}

export function wideRunRow(run: RunRecord): string[] {
  const command = [run.exec, ...run.argv].join(' ');
  return [run.id, programOf(run), stateOf(run), ageOf(run), timeOf(run), run.owner ?? '-', run.created_at, command];
}

/** The beginnings of the ids that tell these runs apart. */
export function shortIds(ids: string[]): string[] {
  const isUnique = (length: number) => new Set(ids.map((id) => id.slice(0, length))).size === ids.length;
  let length = shortestId;
  while (length < 36 && !isUnique(length)) length++;
  return ids.map((id) => id.slice(0, length));
}

/** `exit 0`, `signal SIGKILL`, `timeout`, or the state of a run that has not ended. */
export function stateOf(run: RunRecord): string {
  if (!hasEnded(run)) return run.state;
  if (run.end_reason === 'exit') return `exit ${run.exit_code}`;
  if (run.end_reason === 'signal') return `signal ${run.signal}`;
  return run.end_reason ?? run.state;
}

const ageOf = ({ created_at: created }: RunRecord) => durationText(Math.max(0, Date.now() - Date.parse(created)));

function timeOf({ duration_ms: duration, started_at: started }: RunRecord): string {
  if (duration !== null) return durationText(duration);
  return started === null ? '-' : durationText(Math.max(0, Date.now() - Date.parse(started)));
}

/** One `name  value` for each line. */
export function runText(run: RunRecord): string {
  const lines: [string, string | null][] = [
    ['id', run.id],
    ['definition', run.definition_name ?? run.definition],
    ['command', [run.exec, ...run.argv].map(quoted).join(' ')],
    ['state', stateOf(run)],
    ['error', run.error],
    ['owner', run.owner],
    ['attempt', run.attempt > 1 ? String(run.attempt) : null],
    ['created', run.created_at],
    ['started', run.started_at],
    ['finished', run.finished_at],
    ['time', run.started_at === null ? null : timeOf(run)],
    ['output', run.output && `${run.output.bytes} bytes, ${run.output.content_type}`],
  ];
  const shown = lines.filter((line): line is [string, string] => line[1] !== null);
  return shown.map(([name, value]) => `${name.padEnd(11)} ${plain(value)}\n`).join('');
}

/** As a shell would take it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
