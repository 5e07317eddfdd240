// Reads and writes sizes as people write them: 512, 10KB or 10k (thousands), 4MiB or 4Mi (1024s).

const prefixes = 'kmgt';

/** The texts that `parseSizeBytes` reads, for JSON Schemas. Every part is bounded, because parts that could match the same text would take endless time. */
export const sizePattern = '^\\s{0,8}\\d{1,20}(\\.\\d{1,20})?\\s{0,8}([KMGTkmgt][Ii]?)?[Bb]?\\s{0,8}$';

/** More bytes than any disk holds, but still an exact number. */
export const largestSize = 2 ** 50;

/** The size for people: 1024 becomes 1KiB. */
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
