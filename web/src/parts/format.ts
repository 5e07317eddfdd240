// How numbers and times read.

const units = ['kB', 'MB', 'GB', 'TB'];

/** 812 B, 3.4 MB. */
export function bytes(count: number): string {
  if (count < 1000) return `${count} B`;
  let value = count / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** 82 ms, 3.4 s, 1 m 12 s, 2 h 5 m, 3 d 4 h. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const [days, hours, minutes] = [Math.floor(whole / 86_400), Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60];
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours} h ${minutes} m` : `${minutes} m ${whole % 60} s`;
}

/** just now, 5 min ago, 3 h ago, yesterday's as a date; of the future the same with "in". */
export function relative(ms: number, nowMs: number): string {
  const apart = Math.abs(nowMs - ms);
  const isPast = ms <= nowMs;
  const say = (text: string) => (isPast ? `${text} ago` : `in ${text}`);
  if (apart < 10_000) return isPast ? 'just now' : 'in a moment';
  if (apart < 60_000) return say(`${Math.round(apart / 1000)} s`);
  if (apart < 3_600_000) return say(`${Math.round(apart / 60_000)} min`);
  if (apart < 86_400_000) return say(`${Math.round(apart / 3_600_000)} h`);
  if (apart < 7 * 86_400_000) return say(`${Math.round(apart / 86_400_000)} d`);
  return new Date(ms).toLocaleDateString(undefined, { year: 'numeric', month: 'short', day: 'numeric' });
}

/** 2026-11-30 16:04:05, in the time of the reader. */
export function exact(ms: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const at = new Date(ms);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** 1 run, 214 runs. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}
