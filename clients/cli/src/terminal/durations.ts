// Times as people write and read them: 90s, 5m, 2h.
import { exitCodes, Failure } from '../failure.js';

const unitSeconds: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of `30`, `1.5s`, `5m`, `2h` or `1d`, as text. Throws a Failure for anything else. */
export function secondsOf(text: string): string {
  const [, number, unit = 's'] = /^(\d{1,12}(?:\.\d{1,9})?)([smhd])?$/.exec(text) ?? [];
  if (number === undefined) throw new Failure(`'${text}' is not a time such as 30, 90s, 5m or 2h`, { exitCode: exitCodes.usage });
  return String(Number(number) * unitSeconds[unit]);
}

/** Two units at most: `3m 20s`. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (ms < 1000) return `${Math.round(ms)}ms`;
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${seconds % 60}s`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h ${Math.floor((seconds % 3600) / 60)}m`;
  return `${Math.floor(seconds / 86_400)}d ${Math.floor((seconds % 86_400) / 3600)}h`;
}
