// How people write sizes: 512, 10KB (thousands), 4MiB (1024s).

const units: Record<string, number> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** Bytes, or undefined when `text` is not a size. */
export function parseSizeBytes(text: string | number): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(String(text));
  const unit = match && units[match[2].toLowerCase()];
  return match && unit ? Math.floor(Number(match[1]) * unit) : undefined;
}
