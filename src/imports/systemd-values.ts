// Values of units of systemd: words in their quotes and codes, times (systemd.time(7)), sizes and counts.
import { valueIn } from './imported.js';

/** Words, in which a quote may begin anywhere: NAME="a b". */
export function unitWords(text: string): string[] {
  const found = text.matchAll(/(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\\.|[^\s"'])+/gs);
  const quoted = /"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(\\(?:x[0-9a-fA-F]{2}|.))/gs;
  return [...found].map(([word]) => word.replace(quoted, (...[, double, single, code]) => unescaped(double ?? single ?? code)));
}

function unescaped(text: string): string {
  const letters: Record<string, string> = { n: '\n', t: '\t', s: ' ' };
  return text.replace(/\\(x[0-9a-fA-F]{2}|.)/gs, (_, code: string) =>
    code.length === 3 ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : (letters[code] ?? code),
  );
}

/** 4096, or 1024:4096, the soft and the hard limit. */
export function countOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+(:\d+)?$/.test(text) ? Number.parseInt(text, 10) : undefined;
}

/** systemd counts in 1024. */
export function sizeOf(text: string | undefined): string | undefined {
  const [, amount, unit] = /^(\d+)([KMGT]?)$/.exec(text ?? '') ?? [];
  return amount === undefined ? undefined : `${amount}${unit ? `${unit}iB` : ''}`;
}

const secondsIn: Record<string, number> = {
  ...{ us: 0.000_001, ms: 0.001, '': 1, s: 1, sec: 1, second: 1, seconds: 1, m: 60, min: 60, minute: 60, minutes: 60 },
  ...{ h: 3600, hr: 3600, hour: 3600, hours: 3600, d: 86_400, day: 86_400, days: 86_400, w: 604_800, week: 604_800, weeks: 604_800 },
};

/** 5, 90s, 2min, 1h 30min; undefined also for infinity. */
export function secondsOf(text = ''): number | undefined {
  const parts = [...text.matchAll(/([\d.]+)\s*([a-z]*)\s*/gy)];
  const isWhole = parts.reduce((sum, [whole]) => sum + whole.length, 0) === text.length;
  const units = parts.flatMap(([, , unit]) => valueIn(secondsIn, unit) ?? []);
  if (parts.length === 0 || !isWhole || units.length < parts.length) return undefined;
  return parts.reduce((sum, [, amount], index) => sum + Number(amount) * units[index], 0);
}
