// Converts file times for each format: a time that a format cannot hold becomes the nearest one. A program may set any time.

/** The furthest from 1970 that a Date of JavaScript reaches, in milliseconds (ECMA-262, Time Values). */
const dateBoundMs = 8.64e15;
const firstYearMs = Date.parse('0001-01-01T00:00:00Z');
const lastYearMs = Date.parse('9999-12-31T23:59:59.999Z');
/** The extended timestamp of a zip is read as a signed 32-bit number by some programs, and as an unsigned one by others. */
const zipSecondsBound = 2 ** 31 - 1;
/** Eleven octal digits (POSIX ustar), and what tar-stream writes of them. */
const tarSecondsBound = 8 ** 11 - 1;
const tarHeaderBound = 2 ** 31 - 1;

/** Any time as a valid Date. `timeMs`: milliseconds since 1970, even beyond the range of Date. */
export function fileDate(timeMs: number): Date {
  return new Date(within(timeMs, -dateBoundMs, dateBoundMs));
}

/** As in RFC 3339, whose years have four digits; the first year is 1, since many readers do not know the year 0. */
export function isoTime(timeMs: number): string {
  return new Date(within(timeMs, firstYearMs, lastYearMs)).toISOString();
}

/**
 * Last-Modified (RFC 9110 section 8.8.2.1): never later than a second before `nowMs`. What has changed within this second may change in it
 * again, and is dated a second earlier, so that no client takes this version for the last one of the second.
 */
export function lastModified(timeMs: number, nowMs = Date.now()): string {
  return new Date(within(timeMs, firstYearMs, Math.min(nowMs - 1000, lastYearMs))).toUTCString();
}

/** The three forms of a date in HTTP (RFC 9110 section 5.6.7), the last one without a time zone, which is GMT. */
const dateForms = [
  /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/,
  /^[A-Z][a-z]+day, \d\d-[A-Z][a-z]{2}-\d\d \d\d:\d\d:\d\d GMT$/,
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/,
];

/** A date of a header in milliseconds since 1970; undefined for any other text. */
export function httpDate(text: string): number | undefined {
  if (!dateForms.some((form) => form.test(text))) return undefined;
  const timeMs = Date.parse(text.endsWith(' GMT') ? text : `${text} GMT`);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

/** The options of an entry for yazl: after 2038 only the DOS time is written, which ends with the year 2107. */
export function zipTime(timeMs: number): { mtime: Date; forceDosTimestamp: boolean } {
  const last = new Date(2107, 11, 31, 23, 59, 58).getTime();
  return { mtime: new Date(within(timeMs, 0, last)), forceDosTimestamp: timeMs > zipSecondsBound * 1000 };
}

/** The headers of an entry for tar-stream, which writes only 31 bits of the seconds: a later time goes into a pax header. */
export function tarTime(timeMs: number): { mtime: Date; pax?: { mtime: string } } {
  const seconds = within(Math.floor(timeMs / 1000), 0, tarSecondsBound);
  const mtime = new Date(Math.min(seconds, tarHeaderBound) * 1000);
  return seconds > tarHeaderBound ? { mtime, pax: { mtime: String(seconds) } } : { mtime };
}

/** The time of an entry as tar-stream reads it; undefined where the archive does not say it. */
export function timeInTar({ mtime, pax }: { mtime?: Date; pax?: Record<string, string> | null }): Date | undefined {
  const timeMs = pax?.mtime === undefined ? mtime?.getTime() : Number(pax.mtime) * 1000;
  return timeMs === undefined || Number.isNaN(timeMs) ? undefined : fileDate(timeMs);
}

function within(timeMs: number, first: number, last: number): number {
  return Math.min(Math.max(timeMs, first), last);
}
