// The times of a line of a crontab (crontab(5)): whether they are valid, and whether they ever come.
import { Refused } from './imported.js';

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const nicknames = ['@reboot', '@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];
/** In February there are 29 at most. */
const longestMonths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

interface Field {
  name: string;
  from: number;
  to: number;
  names: string[];
}

const fields: Field[] = [
  { name: 'minute', from: 0, to: 59, names: [] },
  { name: 'hour', from: 0, to: 23, names: [] },
  { name: 'day of the month', from: 1, to: 31, names: [] },
  { name: 'month', from: 1, to: 12, names: months },
  { name: 'day of the week', from: 0, to: 7, names: days },
];

/** The times and the rest of a line; throws Refused. */
export function splitTimes(line: string): { times: string; rest: string; isNever: boolean } {
  const text = line.trim();
  const [, nickname, behind = ''] = /^(@\S+)\s*(.*)$/s.exec(text) ?? [];
  if (nickname !== undefined) {
    if (!nicknames.includes(nickname.toLowerCase())) throw new Refused(`unknown ${nickname}; allowed: ${nicknames.join(', ')}`);
    return { times: nickname, rest: behind, isNever: false };
  }
  const [, times, rest] = /^((?:\S+\s+){4}\S+)(?:\s+(.*))?$/s.exec(text) ?? [];
  if (times === undefined) throw new Refused('not a line of a crontab: five fields of time and a command are expected');
  const values = times.split(/\s+/).map((value, index) => valuesOf(value, fields[index]));
  return { times: times.replace(/\s+/g, ' '), rest: rest ?? '', isNever: neverComes(values, times.split(/\s+/)[4]) };
}

/** 1,15 or mon-fri or 8-18/2 */
function valuesOf(text: string, field: Field): number[] {
  return text.split(',').flatMap((part) => {
    const [, range, first, last, step] = /^(\*|(\w+)(?:[-~](\w+))?)(?:\/(\d+))?$/.exec(part) ?? [];
    const from = range === '*' ? field.from : numberOf(first, field);
    const end = last === undefined ? (step === undefined ? from : field.to) : numberOf(last, field);
    const to = range === '*' ? field.to : end;
    if (from === undefined || to === undefined || from > to || Number(step) === 0)
      throw new Refused(`${field.name} '${part}' is not allowed: it must be from ${field.from} to ${field.to}`);
    return Array.from({ length: Math.floor((to - from) / Number(step ?? 1)) + 1 }, (_, index) => from + index * Number(step ?? 1));
  });
}

function numberOf(text: string | undefined, { from, to, names }: Field): number | undefined {
  const named = names.indexOf((text ?? '').toLowerCase());
  const value = named >= 0 ? named + (from === 1 ? 1 : 0) : /^\d+$/.test(text ?? '') ? Number(text) : Number.NaN;
  return value >= from && value <= to ? value : undefined;
}

/** The 31st of February; a day of the week would come all the same. */
function neverComes([, , dates, inMonths]: number[][], weekday: string): boolean {
  return weekday.startsWith('*') && inMonths.every((month) => dates.every((date) => date > longestMonths[month - 1]));
}
