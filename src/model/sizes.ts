// How people write sizes: 512, 10KB or 10k (thousands), 4MiB or 4Mi (1024s).

const prefixes = 'kmgt';

/** What `parseSizeBytes` reads, for JSON Schemas. Every part has a bound: parts that could share what they match would take time without end. */
export const sizePattern = '^\\s{0,8}\\d{1,20}(\\.\\d{1,20})?\\s{0,8}([KMGTkmgt][Ii]?)?[Bb]?\\s{0,8}$';

/** More than any disk holds, and counted exactly. */
export const largestSize = 2 ** 50;

/** As people read it: 1024 is 1KiB. */
export function sizeText(bytes: number): string {
  const power = bytes === 0 ? 0 : ([4, 3, 2, 1, 0].find((one) => bytes % 1024 ** one === 0) ?? 0);
  return `${bytes / 1024 ** power}${['', 'KiB', 'MiB', 'GiB', 'TiB'][power]}`;
}

/** Bytes, or undefined when `text` is not a size. */
export function parseSizeBytes(text: string | number): number | undefined {
  const match = new RegExp(sizePattern).exec(String(text));
  if (!match) return undefined;
  const [prefix = '', binary] = (match[2] ?? '').toLowerCase();
  const power = prefix === '' ? 0 : prefixes.indexOf(prefix) + 1;
  return Math.floor(Number.parseFloat(String(text)) * (binary ? 1024 : 1000) ** power);
}
