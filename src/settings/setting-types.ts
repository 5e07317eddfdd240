// The parsers of the values of settings: each returns the value, or throws an Error that says what is allowed.

import { daysRange, timeoutRange } from '../model/bounds.js';
import { relativePathFault } from '../model/file-names.js';
import { largestSize, parseSizeBytes, sizeText } from '../model/sizes.js';

export type Parse<Value> = (text: string) => Value;

export interface SettingRow<Value> {
  name: string;
  alias?: string;
  /** An empty text is a value; for other settings it counts as not given. */
  emptyCounts?: boolean;
  parse: Parse<Value>;
  /** The default as a user would write it; undefined: the program decides, as `what` says. */
  fallback?: string;
  /** The text that the documentation prints for a default that depends on the machine. */
  shownFallback?: string;
  what: string;
  /** The value can also be read from the file that NAME_FILE names. */
  secret?: true;
}

export const text: Parse<string> = (value) => value;

export const optionalText: Parse<string | undefined> = (value) => value || undefined;

export const boolean: Parse<boolean> = (value) => {
  if (/^(true|1|yes|on)$/i.test(value)) return true;
  if (/^(false|0|no|off)$/i.test(value)) return false;
  throw new Error('true or false');
};

export const port: Parse<number> = (value) => {
  if (/^\d{1,5}$/.test(value) && Number(value) <= 65535) return Number(value);
  throw new Error('a port number from 0 to 65535');
};

const durationUnits: Record<string, number> = { '': 1000, ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds; a bare number is seconds. */
export const durationMs: Parse<number> = (value) => {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?$/.exec(value.trim());
  const ms = match ? Number(match[1]) * durationUnits[match[2] ?? ''] : Number.NaN;
  if (ms <= timeoutRange.to * 1000) return ms;
  throw new Error(`a duration such as 300, 90s, 5m or 1h, from 0 to ${timeoutRange.to} seconds`);
};

export const durationFromOneSecondMs: Parse<number> = (value) => {
  const ms = durationMs(value);
  if (ms >= 1000) return ms;
  throw new Error('a duration of at least one second');
};

export const sizeBytes: Parse<number> = (value) => {
  const bytes = parseSizeBytes(value);
  if (bytes !== undefined && bytes <= largestSize) return bytes;
  throw new Error(`a size such as 512, 10KB or 4MiB, from 0 to ${sizeText(largestSize)}`);
};

export function choice<const Choice extends string>(...choices: Choice[]): Parse<Choice> {
  return (value) => {
    if ((choices as string[]).includes(value)) return value as Choice;
    throw new Error(`one of ${choices.join(', ')}`);
  };
}

/** Some of the choices, separated by commas; `none`: none of them. */
export function choices<const Choice extends string>(...known: Choice[]): Parse<Choice[]> {
  return (value) => {
    if (value === 'none') return [];
    const parts = list(value);
    if (parts.every((part) => (known as string[]).includes(part))) return parts as Choice[];
    throw new Error(`some of ${known.join(', ')}, separated by commas, or none`);
  };
}

/** A list that is separated by commas. */
export const list: Parse<string[]> = (value) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** Origins as they stand in a Content-Security-Policy, separated by commas; a name may begin with *. */
export const origins: Parse<string[]> = (value) => {
  const parts = list(value);
  if (parts.every((part) => /^https?:\/\/(\*\.)?[A-Za-z0-9.-]+(:\d{1,5})?$/.test(part))) return parts;
  throw new Error('origins such as https://wiki.example.org, separated by commas');
};

/** Names of users that are separated by commas. */
export const usersButRoot: Parse<string[]> = (value) => {
  const names = list(value);
  if (!names.includes('root')) return names;
  throw new Error('names of users other than root, separated by commas');
};

/** Pairs `name=value`, separated by commas. */
export const properties: Parse<Record<string, string>> = (value) =>
  Object.fromEntries(
    list(value).map((entry) => {
      const [, name, text] = /^([^=]*[^=\s])\s*=\s*(.*)$/.exec(entry) ?? [];
      if (name === undefined) throw new Error('pairs such as gpu=2,zone=north');
      return [name, text];
    }),
  );

/** A range `first-last`, as in 700000-765535. */
export const uidRange: Parse<{ first: number; last: number }> = (value) => {
  const match = /^(\d{1,9})-(\d{1,9})$/.exec(value);
  if (match && Number(match[1]) > 0 && Number(match[1]) <= Number(match[2])) return { first: Number(match[1]), last: Number(match[2]) };
  throw new Error('a range of user ids such as 700000-765535');
};

/** Empty, or a path that begins with a slash and does not end in one. */
export const pathPrefix: Parse<string> = (value) => {
  const path = value.replace(/\/+$/, '');
  if (path === '' || /^(\/[A-Za-z0-9._~-]+)+$/.test(path)) return path;
  throw new Error('a path such as /registry');
};

const amqpParameters = ['heartbeat', 'channelMax', 'frameMax', 'maxFrameSize', 'locale'];

/** A part of the password that was not escaped would become the host or the vhost, and would be printed: so each part is checked. */
export const amqpUrl: Parse<string | undefined> = (value) => {
  const url = /^amqps?:\/\/[^/\s\p{Cc}]+(\/[^/@\s\p{Cc}]*)?$/u.test(value) && URL.canParse(value) ? new URL(value) : null;
  const known = url && [...url.searchParams.keys()].every((name) => amqpParameters.includes(name));
  if (known && !url.hash && /^[\w.:[\]-]+$/.test(url.hostname) && isPercentEncoded(value)) return value;
  throw new Error(
    'an address such as amqp://user:password@host:5672/vhost, where @ / ? # % and spaces in the user, the password and the vhost are written as %40 %2F %3F %23 %25 %20',
  );
};

function isPercentEncoded(value: string): boolean {
  return !/%(?![0-9a-f]{2})/i.test(value);
}

export const relativePath: Parse<string> = (value) => {
  if (relativePathFault(value) === undefined) return value;
  throw new Error('a relative path such as output');
};

export const wholeNumber: Parse<number> = (value) => {
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw new Error('a whole number from 0 to 999999999');
};

export const countOfEvents: Parse<number> = (value) => {
  if (/^[1-9]\d{2,5}$/.test(value)) return Number(value);
  throw new Error('a whole number from 100 to 999999');
};

/** A number of days; 0: forever. */
export const days: Parse<number> = (value) => {
  if (/^\d{1,5}$/.test(value) && Number(value) <= daysRange.to) return Number(value);
  throw new Error(`a whole number from 0 to ${daysRange.to}`);
};

export const countFromOne: Parse<number> = (value) => {
  if (/^[1-9]\d{0,2}$/.test(value)) return Number(value);
  throw new Error('a whole number from 1 to 999');
};

export const numberFromOne: Parse<number> = (value) => {
  if (/^[1-9]\d{0,8}$/.test(value)) return Number(value);
  throw new Error('a whole number from 1 to 999999999');
};

/** Pairs `name=N`, separated by commas. */
export const lanes: Parse<Record<string, number>> = (value) => {
  const pairs = list(value).map((part) => /^([a-z][a-z0-9_-]{0,62})=(\d{1,6})$/.exec(part));
  if (pairs.length === 0 || pairs.some((pair) => pair === null))
    throw new Error('lanes such as io=0,cpu=2,code=2, each with a limit from 0 to 999999');
  return Object.fromEntries(pairs.map((pair) => [pair![1], Number(pair![2])]));
};
