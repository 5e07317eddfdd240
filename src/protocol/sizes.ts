// How people write sizes: 512, 10KB or 10k (thousands), 4MiB or 4Mi (1024s).

const prefixes = 'kmgt';

/** What `parseSizeBytes` reads, for JSON Schemas. */
export const sizePattern = '^\\s*\\d+(\\.\\d+)?\\s*([KMGTkmgt][Ii]?)?[Bb]?\\s*$';

/** Bytes, or undefined when `text` is not a size. */
export function parseSizeBytes(text: string | number): number | undefined {
  const match = new RegExp(sizePattern).exec(String(text));
  if (!match) return undefined;
  const [prefix = '', binary] = (match[2] ?? '').toLowerCase();
  const power = prefix === '' ? 0 : prefixes.indexOf(prefix) + 1;
  return Math.floor(Number.parseFloat(String(text)) * (binary ? 1024 : 1000) ** power);
}
